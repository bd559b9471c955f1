import { readEnvelope } from '@suture/trust/dsse.ts'
import { readLabVerdict } from '@suture/trust/statements.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import { viewRun } from './run.queries.ts'

/** A test with the step of each rig, and the verdict once there is one. */
export async function getLabRun(store: Store, scope: Scope, id: string) {
  const found = await withScope(store, scope, (scoped) => viewRun(scoped, id))
  if (!found) throw new Refusal('lab/run-unknown')
  const { run, verdict } = found
  if (verdict === null) return { ...run, verdict: null }
  const { payload } = readEnvelope(verdict) as { payload: string }
  const { uncovered } = readLabVerdict(Buffer.from(payload, 'base64'))
  return { ...run, verdict: { uncovered: [...uncovered], envelope: verdict.toString('base64') } }
}
