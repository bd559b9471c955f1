import { runSignerProcess } from './process.ts'
import { rules } from './rules.ts'

await runSignerProcess(rules)
