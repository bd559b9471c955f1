import { parseArgs } from 'node:util'
import * as checks from './crash-checks.ts'
import { readHistory, readRecord } from './crash-record.ts'
import { Report } from './report.ts'
import { readTruth } from './truth.ts'

// Judges a run in which processes were killed, by three witnesses: what the simulated devices went through and were told,
// what the database holds, and what whoever killed wrote down. It shares no code with the server: `node:` and `pg` only.

const { values } = parseArgs({
  options: { record: { type: 'string' }, truth: { type: 'string' }, database: { type: 'string' } },
})

const given = (name: keyof typeof values): string => {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is missing`)
  return value
}

const record = readRecord(given('record'))
const things = readTruth(given('truth'))
const history = await readHistory(given('database'), record.tenant)
const crash: checks.Crash = {
  record,
  things,
  history,
  figures: { words: 0, jobs: history.passages.length, samples: 0 },
}

const failures: string[] = []
let [passed, failed, compared] = [0, 0, 0]
for (const [name, check] of Object.entries(checks)) {
  const report = new Report()
  await report.check(name, () => check(crash, report))
  compared += report.compared
  if (report.failed === 0 && report.compared > 0) passed++
  else failed++
  failures.push(...report.told(5).map((says) => `${name}: ${says}`))
}
const { words, jobs, samples } = crash.figures
const figures = { acknowledgedWords: words, jobs, samples, compared }
process.stdout.write(`${JSON.stringify({ passed, failed, failures, figures })}\n`)
process.exitCode = failed === 0 ? 0 : 1
