import type { updateStatuses } from '@suture/contract/device-fields.ts'
import type { JobState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { DeviceFieldsSql } from '#inventory/index.ts'
import { fitsOne, isOneOf } from '#platform/database/conditions.ts'

/** The newest job of each device: ids grow with time. */
const newest = sql`(select distinct on (device_id) device_id, state, rollout_id from deployment_job
                     order by device_id desc, id desc)`

/** What hawkBit would call the end of a job (its target states, docs/targetstate.md); what is under way is pending. */
const statusOf: Readonly<Record<JobState, Exclude<(typeof updateStatuses)[number], 'unknown'>>> = {
  waiting: 'pending',
  offered: 'pending',
  downloading: 'pending',
  downloaded: 'pending',
  installing: 'pending',
  rebooting: 'pending',
  reported: 'pending',
  cancelling: 'pending',
  verified: 'in_sync',
  failed: 'error',
  silent: 'error',
  unverified: 'error',
  disputed: 'error',
  'rolled-back': 'error',
  rejected: 'error',
  cancelled: 'registered',
  superseded: 'registered',
}

const jobIs = (states: readonly string[]) =>
  sql<boolean>`d.id in (select j.device_id from ${newest} j where ${isOneOf(sql`j.state`, states)})`
// Each device is looked up: a table of every job there ever was fits no memory.
const noJob = sql`not exists (select from deployment_job j where j.device_id = d.id)`
const heard = sql`exists (select from inventory_seen n where n.device_id = d.id)`

const valuesOfNewest = (column: string) => ({
  by: sql`d.id`,
  from: sql`select j.device_id as k, ${sql.ref(`j.${column}`)} as value from ${newest} j`,
})

/** What the jobs of a device mean in a query. */
export const deploymentFields = {
  rollout: {
    is: ({ patterns }) => sql<boolean>`d.id in (
      select j.device_id from ${newest} j join deployment_rollout o on o.id = j.rollout_id
       where ${fitsOne(sql`o.name`, patterns)} or ${fitsOne(sql`o.id::text`, patterns)})`,
    values: {
      by: sql`d.id`,
      from: sql`select j.device_id as k, o.name as value from ${newest} j join deployment_rollout o on o.id = j.rollout_id`,
    },
  },
  job: { is: ({ values }) => jobIs(values), values: valuesOfNewest('state') },
  updatestatus: {
    is: ({ values }) => {
      const states = (Object.keys(statusOf) as JobState[]).filter((state) => values.includes(statusOf[state]))
      const parts = [jobIs(states)]
      if (values.includes('registered')) parts.push(sql<boolean>`(${noJob} and ${heard})`)
      if (values.includes('unknown')) parts.push(sql<boolean>`(${noJob} and not ${heard})`)
      return sql<boolean>`(${sql.join(parts, sql` or `)})`
    },
  },
} as const satisfies Pick<DeviceFieldsSql, 'rollout' | 'job' | 'updatestatus'>
