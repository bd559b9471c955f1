import type { Recurring } from '#platform/tasks/task.ts'
import { removeExpired } from './expiry.operations.ts'

/** Removes sessions and one-time codes whose time is over. They stopped working before; this is tidiness. */
export const forgetExpired: Recurring = {
  name: 'platform/forget-expired',
  at: '*/10 * * * *',
  run: ({ store, clock, scope }) => removeExpired(store, clock, scope),
}
