import type { DeviceActionKind, DeviceExclusion } from '@suture/contract/device-actions.ts'
import { rightsOf } from '#platform/auth/index.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { enqueue } from '#platform/tasks/task.ts'
import { type LockedDevice, lockDevicesById } from './device.queries.ts'
import {
  type ActionRow,
  actorOf,
  closeAction,
  deleteDrafts,
  findExclusions,
  leaveRest,
  lockAction,
  lockLeft,
  noteOutcomes,
  runningActions,
} from './device-action.queries.ts'
import { deviceAction } from './device-action.ts'
import { admitOrReason } from './device-action-admit.operations.ts'
import { retireAll } from './registration.operations.ts'

/** A turn of an action: the devices that came after this one. */
export interface ActionTurn {
  readonly action: string
  readonly after: number
}

interface Turning {
  readonly store: Store
  readonly clock: Clock
  /** The server itself. */
  readonly scope: Scope
}

type Outcomes = Map<number, 'done' | DeviceExclusion>

/** What one kind of action does to devices that nothing speaks against; those that it could not after all are told. */
interface Doing {
  /** So many devices in a turn, which is one transaction. */
  readonly atOnce: number
  readonly act: (
    scoped: Scoped,
    clock: Clock,
    devices: readonly LockedDevice[],
    action: ActionRow,
  ) => Promise<ReadonlyMap<number, DeviceExclusion>>
}

const doings: Readonly<Record<DeviceActionKind, Doing>> = {
  retire: {
    atOnce: 500,
    act: async (scoped, clock, devices) => {
      await retireAll(scoped, clock, devices)
      return new Map()
    },
  },
  admit: { atOnce: 25, act: (scoped, clock, devices, { site_id }) => admitOrReason(scoped, clock, devices, site_id) },
}

/** One turn of an action after the other, so that of two tenants both go on. */
export const askForActionTurn = (scoped: Scoped, turn: ActionTurn, runAt?: Date): Promise<void> =>
  enqueue(scoped, 'inventory/act-on-devices', turn, {
    key: turn.action,
    queue: 'inventory/act-on-devices',
    ...(runAt ? { runAt } : {}),
  })

/**
 * Does the next devices of an action, each looked at once more, in the name of whoever drafted it and with what they may
 * do now; then asks for the next turn, in the same transaction. A turn that is repeated finds those devices done.
 */
export async function actOnDevices({ store, clock, scope, ...turn }: Turning & ActionTurn): Promise<void> {
  const found = await withScope(store, scope, async (scoped) => {
    const action = await lockAction(scoped, turn.action)
    if (action?.state !== 'running') return undefined
    return { action, rights: await rightsOf(scoped, actorOf(action), clock.now()) }
  })
  if (!found) return
  const { action, rights } = found
  if (!rights?.permissions.has('inventory:write')) return endAction({ store, clock, scope }, action, 'not-permitted')
  const theirs = { tenant: scope.tenant, actor: actorOf(action), sites: rights.sites }
  const last = await withScope(store, theirs, (scoped) => takeTurn(scoped, clock, action, turn.after))
  if (last === undefined) await endAction({ store, clock, scope }, action, 'out-of-sight')
}

/** The last device of the turn; undefined when none was left that its actor sees. */
async function takeTurn(scoped: Scoped, clock: Clock, action: ActionRow, after: number): Promise<number | undefined> {
  const { atOnce, act } = doings[action.kind]
  const ids = await lockLeft(scoped, action.id, after, atOnce)
  const last = ids.at(-1)
  if (last === undefined) return undefined
  const devices = await lockDevicesById(scoped, ids)
  const excluded = await findExclusions(scoped, action.kind, ids)
  const outcomes: Outcomes = new Map(ids.map((id) => [id, 'out-of-sight']))
  for (const { id } of devices) outcomes.set(id, excluded.get(id) ?? 'done')
  const touched = devices.filter(({ id }) => outcomes.get(id) === 'done')
  for (const [id, reason] of await act(scoped, clock, touched, action)) outcomes.set(id, reason)
  await noteOutcomes(scoped, action.id, outcomes)
  await askForActionTurn(scoped, { action: action.id, after: last })
  return last
}

/** Ends an action, and leaves what there still is as it is. */
const endAction = ({ store, clock, scope }: Turning, ended: ActionRow, why: DeviceExclusion): Promise<void> =>
  withScope(store, { ...scope, actor: actorOf(ended) }, async (scoped) => {
    const { id, kind } = ended
    const action = await lockAction(scoped, id)
    if (!action || !step(deviceAction, { kind: action.state }, { kind: 'finish' }).ok) return
    await leaveRest(scoped, id, why)
    const { done, devices } = await closeAction(scoped, id, 'done', clock.now())
    const detail = { action: kind, done, excluded: devices - done }
    await emit(scoped, clock, { kind: 'device-action.ended', subject: id, detail })
  })

/** A draft that cannot be started any more is told as too old for so long, then it is gone. */
const keptDraftMs = 24 * 3_600_000

/** Asks for the next turn of every action that is under way, whose task may have been lost, and deletes old drafts. */
export const tidyDeviceActions = ({ store, clock, scope }: Turning): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    await deleteDrafts(scoped, new Date(clock.now().getTime() - keptDraftMs))
    for (const { id, begins_at } of await runningActions(scoped))
      await askForActionTurn(scoped, { action: id, after: 0 }, begins_at ?? undefined)
  })
