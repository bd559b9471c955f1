export type { Mailing } from './mailer.operations.ts'
export { fillOutboxes } from './outbox.operations.ts'

import type {} from './events.ts'
import type {} from './tables.ts'
