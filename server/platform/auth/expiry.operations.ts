import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { forgetAnswers } from '#platform/http/answer.queries.ts'
import { answerLifeMs } from '#platform/http/repeat.ts'
import { sessionLife } from './authenticate.operations.ts'
import { deleteCredentialsOf, deleteExpiredCredentials } from './credential.queries.ts'
import { deleteIdleSessions } from './session.queries.ts'

/** Deletes what no longer lets anybody in, and the answers to repetitions that do not come any more. */
export const removeExpired = (store: Store, clock: Clock, scope: Scope): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    const now = clock.now()
    const idle = await deleteIdleSessions(scoped, now, new Date(now.getTime() - sessionLife.idleMs))
    await deleteCredentialsOf(scoped, idle)
    await deleteExpiredCredentials(scoped, now)
    await forgetAnswers(scoped, new Date(now.getTime() - answerLifeMs))
  })
