import { refreshStatistics } from '#platform/database/statistics.ts'
import type { TaskContext } from '#platform/tasks/task.ts'

declare module '#platform/tasks/task.ts' {
  interface Tasks {
    'inventory/refresh-statistics': { readonly rows: number }
  }
}

/** Lets the planner know of a large import; until then it takes new tables for empty. */
export const refreshInventoryStatistics = ({ store, scope, payload }: TaskContext<{ readonly rows: number }>) =>
  refreshStatistics(store, scope, 'inventory', payload.rows)
