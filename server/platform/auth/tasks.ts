import { withScope } from '#platform/database/store.ts'
import type { Recurring } from '#platform/tasks/task.ts'
import { sessionLife } from './authenticate.ts'
import { deleteCredentialsOf, deleteExpiredCredentials } from './credential.queries.ts'
import { deleteIdleSessions } from './session.queries.ts'

/** Removes sessions and one-time codes whose time is over. They stopped working before; this is tidiness. */
export const forgetExpired: Recurring = {
  name: 'platform/forget-expired',
  at: '*/10 * * * *',
  run: ({ store, clock, scope }) =>
    withScope(store, scope, async (scoped) => {
      const now = clock.now()
      const idle = await deleteIdleSessions(scoped, now, new Date(now.getTime() - sessionLife.idleMs))
      await deleteCredentialsOf(scoped, idle)
      await deleteExpiredCredentials(scoped, now)
    }),
}
