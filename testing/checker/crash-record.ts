import { readFileSync } from 'node:fs'
import { inSnapshot } from './snapshot.ts'

/** What whoever killed wrote down. */
export interface Record {
  readonly tenant: string
  readonly rollouts: readonly string[]
  readonly wanted: string
  readonly silenceSeconds: number
  /** Serials of the devices that the plans are for, and of those that come through in every run of this seed. */
  readonly audience: readonly string[]
  readonly expected: readonly string[]
  readonly strikes: readonly Strike[]
  readonly isEnded: boolean
  /** How often the server ended although nobody had killed it. */
  readonly ownEnds: number
  /** How often the open jobs of all devices were looked at, and which devices then had more than one. */
  readonly samples: number
  readonly doubles: readonly { readonly device: string; readonly actions: readonly string[]; readonly at: string }[]
  readonly tasks: readonly { readonly id: string; readonly name: string; readonly resumedAfter?: number }[]
  readonly upload: { readonly sha256: string; readonly status: number; readonly told: string; readonly home: string }
  readonly keys: string
  readonly packs: readonly { readonly rollout: string; readonly file: string; readonly isVerified: boolean }[]
  readonly log: string
}

interface Strike {
  readonly no: number
  readonly targets: readonly string[]
  readonly downMs: number
  readonly at: string
  readonly recovery: {
    readonly healthy?: number
    readonly whole?: number
    readonly census: { readonly [part: string]: readonly number[] }
  }
}

/** One device's passage through one rollout, as the database tells it; times in milliseconds. */
export interface Passage {
  readonly controllerId: string
  readonly serial: string
  readonly hardwareRevision: string
  readonly rollout: string
  readonly actionId: string
  readonly state: string
  readonly from: number
  readonly to: number | null
  /** What was kept of the device's words, in order. */
  readonly words: readonly { readonly execution: string; readonly details: readonly string[] }[]
  /** How many events say that the job ended, and where they say it did. */
  readonly ends: readonly string[]
}

/** What the database holds at the end. */
export interface History {
  readonly passages: readonly Passage[]
  readonly quarantined: ReadonlySet<string>
  readonly artifacts: ReadonlySet<string>
}

const passages = `
  select k.value as "controllerId", d.serial, j.hardware_revision as "hardwareRevision", j.rollout_id::text as rollout,
         j.action_id::text as "actionId", j.state, extract(epoch from j.offered_at)::float8 * 1000 as "from",
         extract(epoch from j.ended_at)::float8 * 1000 as "to",
         coalesce((select json_agg(json_build_object('execution', f.execution, 'details', f.details) order by f.id)
            from deployment_feedback f where f.device_id = j.device_id and f.job_id = j.id), '[]') as words,
         coalesce((select json_agg(e.detail->>'state') from platform_event e
            where e.kind = 'job.ended' and e.subject = j.id::text), '[]') as ends
    from deployment_job j
    join inventory_device d on d.tenant_id = j.tenant_id and d.id = j.device_id
    join inventory_device_key k on k.tenant_id = j.tenant_id and k.device_id = j.device_id and k.kind = 'controller-id'
   order by j.device_id, j.offered_at`

/** What the database of a tenant has of the rollouts. */
export const readHistory = (url: string, tenant: string): Promise<History> =>
  inSnapshot(url, tenant, async (client) => {
    const quarantined = await client.query<{ revision: string }>(
      'select distinct hardware_revision as revision from deployment_quarantine',
    )
    const artifacts = await client.query<{ sha256: string }>(
      `select encode(sha256, 'hex') as sha256 from releases_artifact`,
    )
    return {
      passages: (await client.query<Passage>(passages)).rows,
      quarantined: new Set(quarantined.rows.map(({ revision }) => revision)),
      artifacts: new Set(artifacts.rows.map(({ sha256 }) => sha256)),
    }
  })

export const readRecord = (path: string): Record => JSON.parse(readFileSync(path, 'utf8')) as Record
