import type { BlobStore } from '#platform/blob/store.ts'
import { refreshStatistics } from '#platform/database/statistics.ts'
import type { Recurring, TaskHandlers } from '#platform/tasks/task.ts'
import { type ActionTurn, actOnDevices, tidyDeviceActions } from './device-action-turn.operations.ts'
import { askAgain, takeNextSbom } from './sbom-turn.operations.ts'

declare module '#platform/tasks/task.ts' {
  interface Tasks {
    'inventory/refresh-statistics': { readonly rows: number }
    'inventory/take-sbom': Record<string, never>
    'inventory/act-on-devices': ActionTurn
  }
}

interface Given {
  readonly blobs: Pick<BlobStore, 'path'>
  /** The setting SUTURE_MAX_SBOM_BYTES. */
  readonly sbomBytes: number
}

/** Lets the planner know of a large import, until which it takes new tables for empty; and reads the SBOMs that were sent. */
export const inventoryTasks = ({
  blobs,
  sbomBytes,
}: Given): Pick<TaskHandlers, 'inventory/refresh-statistics' | 'inventory/take-sbom' | 'inventory/act-on-devices'> => ({
  'inventory/refresh-statistics': ({ store, scope, payload }) =>
    refreshStatistics(store, scope, 'inventory', payload.rows),
  'inventory/take-sbom': (context) => takeNextSbom({ ...context, blobs, mostBytes: sbomBytes }),
  'inventory/act-on-devices': ({ store, clock, scope, payload }) => actOnDevices({ store, clock, scope, ...payload }),
})

/** A task that has failed for the last time, as the database was away for so long, is asked for again. */
export const resumeImports: Recurring = { name: 'inventory/resume-imports', at: '*/10 * * * *', run: askAgain }

/** The same for what is done to many devices, whose turns ask for one another. */
export const resumeActions: Recurring = {
  name: 'inventory/resume-actions',
  at: '*/10 * * * *',
  run: tidyDeviceActions,
}
