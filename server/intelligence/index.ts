import type {} from './tables.ts'
