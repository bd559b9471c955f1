import type {} from './evidence/events.ts'
import type {} from './tables.ts'
