import type { TaskContext } from '#platform/tasks/task.ts'
import { decideMatches } from './decisions/decide.operations.ts'

declare module '#platform/tasks/task.ts' {
  interface Tasks {
    'risk/decide': { readonly subject: string }
  }
}

/** Decides whatever has not been decided; the subject only says what made it look. */
export const decide = ({ store, clock, scope }: TaskContext<{ readonly subject: string }>): Promise<void> =>
  decideMatches(store, clock, scope)
