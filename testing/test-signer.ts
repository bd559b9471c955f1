import { runSignerProcess } from '@suture/server/signing/signer/process.ts'
import { rules } from '@suture/server/signing/signer/rules.ts'
import { testLock } from './test-lock.ts'

await runSignerProcess(rules, testLock)
