import type { Clock } from '#platform/clock.ts'
import { type Store, systemScope, withScope } from '#platform/database/store.ts'
import { eventsAfter } from '#platform/events/event.queries.ts'
import type { EventKind } from '#platform/events/event.ts'
import type { TenantId } from '#platform/id.ts'
import { lockReactor, moveReactor } from './reaction.queries.ts'
import { enqueue, type TaskName, type Tasks } from './task.ts'

/** The tasks that an event can ask for: they are told what the event is about, and look up the rest. */
type Reactive = { [K in TaskName]: Tasks[K] extends { readonly subject: string } ? K : never }[TaskName]

/** One arrow from an earlier phase to a later one: whenever such an event happened, the task is done about its subject. */
export interface Reaction {
  readonly on: readonly EventKind[]
  readonly task: Reactive
}

/** The most events that one turn looks at. */
const batch = 500

/**
 * Asks for the tasks that the tenant's new events call for, and remembers how far it came in the same transaction: each
 * event is reacted to once, in order, whichever process does it. Work about one subject that waits already is not
 * asked for twice.
 * @returns whether there may be more
 */
export const react = (store: Store, clock: Clock, tenant: TenantId, reactions: readonly Reaction[]): Promise<boolean> =>
  withScope(store, systemScope(tenant, 'reactions'), async (scoped) => {
    const position = await lockReactor(scoped, clock.now())
    if (!position) return false
    const events = await eventsAfter(scoped, position, batch)
    const last = events.at(-1)
    if (!last) return false
    const wanted = new Map<string, readonly [Reactive, string]>()
    for (const { kind, subject } of events)
      for (const { on, task } of reactions)
        if (on.includes(kind as EventKind)) wanted.set(`${task} ${subject}`, [task, subject])
    for (const [task, subject] of wanted.values()) await enqueue(scoped, task, { subject } as never, { key: subject })
    await moveReactor(scoped, last, clock.now())
    return events.length === batch
  })
