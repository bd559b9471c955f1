import { deviceFields } from '@suture/contract/device-fields.ts'
import { mostViews } from '@suture/contract/device-views.ts'
import { fieldsIn } from '@suture/contract/query/check.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type { Caller } from '#platform/http/caller.ts'
import { demandField, queryOf } from '#platform/http/query.ts'
import { Refusal } from '#platform/refusal.ts'
import { conditionOf, type DeviceCondition, type DeviceFieldsSql } from './device-query.queries.ts'
import { deleteView, findViews, holdViews, insertView } from './device-view.queries.ts'
import { expanded, isNoView } from './device-view.ts'

/** Who asks, and when; lengths of time are counted from then. */
interface Asking {
  readonly caller: Caller
  readonly now: Date
}

/**
 * What a query asks of a device, with every view in the place of its name. Who asks needs the right to each field, those
 * that a view names too.
 * @throws Refusal `http/bad-query`, `auth/not-permitted`
 */
export async function deviceCondition(
  scoped: Scoped,
  q: string | undefined,
  fields: DeviceFieldsSql,
  asking: Asking,
): Promise<DeviceCondition | undefined> {
  const asked = queryOf(q, deviceFields, asking)
  if (!asked) return undefined
  const views = fieldsIn(asked).has('view') ? await findViews(scoped) : new Map<string, string>()
  const plain = expanded(asked, views, asking.now)
  if (isNoView(plain)) throw new Refusal('http/bad-query', { ...plain })
  for (const name of fieldsIn(plain)) demandField(deviceFields, name, asking.caller)
  return conditionOf(plain, fields, scoped)
}

interface NewView {
  readonly name: string
  readonly q: string
}

/** Keeps a query under a name. */
export function createDeviceView(
  store: Store,
  clock: Clock,
  caller: Caller,
  { name, q }: NewView,
): Promise<NonNullable<Awaited<ReturnType<typeof insertView>>>> {
  const now = clock.now()
  const asked = queryOf(q, deviceFields, { caller, now })
  if (asked && fieldsIn(asked).has('view')) throw new Refusal('inventory/view-nested')
  return withScope(store, caller.scope, async (scoped) => {
    await holdViews(scoped)
    if ((await findViews(scoped)).size >= mostViews) throw new Refusal('inventory/too-many-views')
    const view = await insertView(scoped, { name, q, now })
    if (!view) throw new Refusal('inventory/view-taken')
    await emit(scoped, clock, { kind: 'device-view.created', subject: name, detail: { q } })
    return view
  })
}

/** Removes a query that was kept. */
export const removeDeviceView = (store: Store, clock: Clock, scope: Scope, name: string) =>
  withScope(store, scope, async (scoped) => {
    const view = await deleteView(scoped, name)
    if (!view) throw new Refusal('inventory/view-unknown')
    await emit(scoped, clock, { kind: 'device-view.removed', subject: name, detail: { q: view.q } })
    return view
  })
