import type {} from './events.ts'
import type {} from './tables.ts'
