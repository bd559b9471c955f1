import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { forgetDeliveries } from './delivery.queries.ts'
import { forgetPreviousSecrets } from './webhook.queries.ts'

const dayMs = 24 * 3_600_000

/** Deletes deliveries that nobody asks for any more, and secrets whose successors are in place. */
export const forgetOver = (store: Store, clock: Clock, scope: Scope): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    const now = clock.now()
    await forgetDeliveries(scoped, new Date(now.getTime() - 7 * dayMs), new Date(now.getTime() - 30 * dayMs))
    await forgetPreviousSecrets(scoped, now)
  })
