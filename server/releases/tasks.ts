import type { TaskHandlers } from '#platform/tasks/task.ts'
import { settleLater } from './publish.operations.ts'

declare module '#platform/tasks/task.ts' {
  interface Tasks {
    'releases/settle-publication': { readonly release: string }
  }
}

/**
 * Publishes releases that the signer signed while nobody was looking, and looks again as long as it has not decided.
 * @param signerKeys the signer's public.json
 */
export const releasesTasks = (signerKeys: string): Pick<TaskHandlers, 'releases/settle-publication'> => ({
  'releases/settle-publication': ({ store, clock, scope, payload }) =>
    settleLater({ store, clock, signerKeys }, scope, payload.release),
})
