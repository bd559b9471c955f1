import { inSnapshot } from './snapshot.ts'

/** A device as the database knows it at the end. */
interface DeviceRow {
  readonly controllerId: string
  readonly device: string
  readonly serial: string
  readonly firmware: string
  readonly state: string
  readonly isRig: boolean
  readonly vulnerable: boolean
}

export interface JobRow {
  readonly controllerId: string
  readonly actionId: string
  readonly state: string
  readonly wave: number
  /** Acknowledged ends of the device that the history holds. */
  readonly ends: number
}

/** One rig's passage through one test, and what the lab made of the test. */
interface TrialRow {
  readonly controllerId: string
  readonly actionId: string
  readonly version: string
  readonly run: string
  readonly verdict: string
}

/** What the database says at the end. */
export interface Rows {
  readonly devices: readonly DeviceRow[]
  readonly jobs: readonly JobRow[]
  readonly trials: readonly TrialRow[]
  readonly rolloutState: string | undefined
}

const devices = `
  select k.value as "controllerId", d.uid::text as device, d.serial, d.firmware, d.state, d.is_rig as "isRig",
         exists (select from intelligence_match m
                  where m.bill_id = d.bill_id and m.vulnerability_id = $1 and m.verdict = 'affected') as vulnerable
    from inventory_device d join inventory_device_key k on k.device_id = d.id and k.kind = 'controller-id'`

const jobs = `
  select k.value as "controllerId", j.action_id::text as "actionId", j.state, j.wave_no as wave,
         (select count(*)::int from deployment_feedback f where f.device_id = j.device_id and f.job_id = j.id
             and f.execution in ('succeeded', 'failed', 'rejected', 'cancelled', 'cancel-refused')) as ends
    from deployment_job j join inventory_device_key k on k.device_id = j.device_id and k.kind = 'controller-id'
   where j.rollout_id = $1`

const trials = `
  select k.value as "controllerId", t.action_id::text as "actionId", t.version, r.id::text as run, r.state as verdict
    from lab_trial t join lab_run r on r.tenant_id = t.tenant_id and r.id = t.run_id
    join inventory_device_key k on k.tenant_id = t.tenant_id and k.device_id = t.device_id and k.kind = 'controller-id'`

/** What the database of a tenant says of a story's devices and of its rollout. */
export const readRows = (
  url: string,
  tenant: string,
  { vulnerability, rollout }: { readonly vulnerability: string; readonly rollout: string },
): Promise<Rows> =>
  inSnapshot(url, tenant, async (client) => {
    const state = await client.query<{ state: string }>('select state from deployment_rollout where id = $1', [rollout])
    return {
      devices: (await client.query<DeviceRow>(devices, [vulnerability])).rows,
      jobs: (await client.query<JobRow>(jobs, [rollout])).rows,
      trials: (await client.query<TrialRow>(trials)).rows,
      rolloutState: state.rows[0]?.state,
    }
  })
