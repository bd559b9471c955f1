import { type DeviceActionKind, draftMinutes } from '@suture/contract/device-actions.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { createGate } from '#platform/gate.ts'
import type { Caller } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { step } from '#platform/machine.ts'
import { Refusal } from '#platform/refusal.ts'
import {
  areNamed,
  beginAction,
  closeAction,
  insertDraft,
  insertMeant,
  leaveRest,
  lockAction,
  tallyAction,
  viewAction,
} from './device-action.queries.ts'
import { deviceAction, isTooOld } from './device-action.ts'
import { askForActionTurn } from './device-action-turn.operations.ts'
import { deviceCondition } from './device-query.operations.ts'
import type { DeviceFieldsSql } from './device-query.queries.ts'
import { findSites } from './site.queries.ts'

interface Asked {
  readonly kind: DeviceActionKind
  readonly site?: string | undefined
  readonly q?: string | undefined
  readonly devices?: readonly string[] | undefined
}

/** To look at every device of a tenant is a second's work, so only few do at once. */
const gate = createGate({ atOnce: 2, waiting: 16 })

async function siteOf(scoped: Scoped, name: string | undefined): Promise<number | null> {
  if (name === undefined) return null
  const [site] = await findSites(scoped, [name])
  if (!site) throw new Refusal('inventory/site-unknown')
  return site.id
}

/**
 * Looks what an action would do, and keeps which devices it means: what comes to fit the query later is not among them.
 * @throws Refusal `http/bad-query`, `auth/not-permitted`, `inventory/site-unknown`, `inventory/device-unknown`
 */
export const draftDeviceAction = (
  { store, clock, fields }: { readonly store: Store; readonly clock: Clock; readonly fields: DeviceFieldsSql },
  caller: Caller,
  { kind, site, q, devices = [] }: Asked,
) =>
  gate.run(() =>
    withScope(store, caller.scope, async (scoped) => {
      const now = clock.now()
      const where = (await deviceCondition(scoped, q, fields, { caller, now })) ?? areNamed(devices)
      const id = newId(now)
      await insertDraft(scoped, { id, kind, siteId: await siteOf(scoped, site), query: q ?? null, at: now })
      const meant = await insertMeant(scoped, { id, kind }, where)
      // Whoever names a device that they do not see is told, and not left in the belief that it was meant.
      if (q === undefined && meant < new Set(devices).size) throw new Refusal('inventory/device-unknown')
      return mustBeSeen(await viewAction(scoped, id))
    }),
  )

function mustBeSeen<T>(action: T | undefined): T {
  if (!action) throw new Refusal('inventory/device-action-unknown')
  return action
}

/** What is known of an action. */
export const getDeviceAction = (store: Store, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => mustBeSeen(await viewAction(scoped, id)))

/** Starts what the same caller drafted, where it would touch as many devices as they believe. */
export const startDeviceAction = (
  store: Store,
  clock: Clock,
  scope: Scope,
  id: string,
  { expect, delaySeconds }: { readonly expect: number; readonly delaySeconds: number },
) =>
  withScope(store, scope, async (scoped) => {
    const now = clock.now()
    const action = await lockAction(scoped, id)
    if (!action || (action.state === 'draft' && action.actor_id !== scope.actor.id))
      throw new Refusal('inventory/device-action-unknown')
    if (!step(deviceAction, { kind: action.state }, { kind: 'start' }).ok) throw new Refusal('inventory/no-draft')
    if (isTooOld(action.drafted_at, now)) throw new Refusal('inventory/draft-too-old', { minutes: draftMinutes })
    const { left } = await tallyAction(scoped, id)
    if (left !== expect) throw new Refusal('inventory/count-differs', { devices: left })
    const begins = new Date(now.getTime() + delaySeconds * 1000)
    await beginAction(scoped, id, begins)
    await askForActionTurn(scoped, { action: id, after: 0 }, begins)
    const detail = { action: action.kind, q: action.query, devices: left }
    await emit(scoped, clock, { kind: 'device-action.started', subject: id, detail })
    return mustBeSeen(await viewAction(scoped, id))
  })

/** Has an action touch no device more. */
export const stopDeviceAction = (store: Store, clock: Clock, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const action = await lockAction(scoped, id)
    if (!action || action.state === 'draft') throw new Refusal('inventory/device-action-unknown')
    if (!step(deviceAction, { kind: action.state }, { kind: 'stop' }).ok) throw new Refusal('inventory/not-running')
    // Waits for the turn that is under way, whose devices are held.
    await leaveRest(scoped, id, 'stopped')
    const { done } = await closeAction(scoped, id, 'stopped', clock.now())
    await emit(scoped, clock, { kind: 'device-action.stopped', subject: id, detail: { action: action.kind, done } })
    return mustBeSeen(await viewAction(scoped, id))
  })
