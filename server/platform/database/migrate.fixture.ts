import { createLog } from '#platform/log.ts'
import { migrate } from './migrate.ts'

// A run of migrations in a process of its own, to be killed.
await migrate(process.argv[2] ?? '', createLog('fatal'))
