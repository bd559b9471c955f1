import type { TaskContext } from '#platform/tasks/task.ts'
import { matchBills } from './matching/match.operations.ts'

declare module '#platform/tasks/task.ts' {
  interface Tasks {
    'intelligence/match': { readonly subject: string }
  }
}

/** Judges whatever has not been judged; the subject only says what made it look. */
export const match = ({ store, clock, scope, payload }: TaskContext<{ readonly subject: string }>): Promise<void> =>
  matchBills(store, clock, scope, payload.subject)
