import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { artifactFile, demandVendors } from '#releases/index.ts'
import { findRigDevice, insertRig } from './rig.queries.ts'

/** Makes a lab device a rig; its manufacturer must have signed what it goes back to. */
export const addRig = (
  store: Store,
  clock: Clock,
  scope: Scope,
  given: {
    readonly device: string
    readonly name: string
    readonly base: { readonly artifact: string; readonly version: string }
  },
) =>
  withScope(store, scope, async (scoped) => {
    const device = await findRigDevice(scoped, given.device)
    if (!device) throw new Refusal('lab/not-a-rig')
    const { artifact, version } = given.base
    if (!(await artifactFile(scoped, artifact)))
      throw new Refusal('releases/artifact-unknown', { artifacts: [artifact] })
    const { manufacturer, model, hardwareRevision } = device
    await demandVendors(scoped, [{ manufacturer, model, sha256: artifact }])
    const at = clock.now()
    const id = newId(at)
    const { name, base } = given
    if (!(await insertRig(scoped, { id, deviceId: device.id, name, base, at }))) throw new Refusal('lab/rig-taken')
    const detail = { name, device: device.uid, baseVersion: version }
    await emit(scoped, clock, { kind: 'rig.added', subject: id, detail })
    const known = { manufacturer, model, hardwareRevision, busyWith: null, lastFailure: null, createdAt: at }
    return { id, name, device: device.uid, base, ...known }
  })
