import { parseArgs } from 'node:util'
import {
  checkConsent,
  checkFeedback,
  checkFindings,
  checkLab,
  checkOffers,
  checkQuarantine,
  checkResults,
  countTouched,
  type Sides,
} from './checks.ts'
import { readRows } from './database.ts'
import { readPack } from './pack.ts'
import { Report } from './report.ts'
import { readTruth } from './truth.ts'
import { readWorld } from './world.ts'

// Compares three witnesses that know nothing of each other: what the simulator really did, what the database says, and
// what an evidence pack proves. It shares no code with the server: `node:` and `pg` only, and a test holds it to that.

const { values } = parseArgs({
  options: {
    world: { type: 'string' },
    truth: { type: 'string' },
    database: { type: 'string' },
    pack: { type: 'string' },
    keys: { type: 'string' },
  },
})

const given = (name: keyof typeof values): string => {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is missing`)
  return value
}

const report = new Report()
let badCellDevicesTouched: number | undefined
const checks = { checkLab, checkOffers, checkConsent, checkResults, checkFindings, checkFeedback, checkQuarantine }

await report.check('the world', async () => {
  const world = readWorld(given('world'))
  const things = readTruth(given('truth'))
  badCellDevicesTouched = countTouched(things, world)
  const rows = await readRows(given('database'), world.tenant, world)
  let pack: Sides['pack']
  await report.check('the evidence pack', () => {
    pack = readPack(given('pack'), given('keys'), report)
    report.hold(pack.statement.rollout === world.rollout, () => 'The evidence is about another rollout')
  })
  for (const [name, check] of Object.entries(checks))
    await report.check(name, () => check({ world, things, rows, pack }, report))
})

const { compared, failed } = report
const ok = failed === 0 && compared > 0
const told = { ok, compared, failures: report.told(5), failed, badCellDevicesTouched }
process.stdout.write(`${JSON.stringify(told)}\n`)
process.exitCode = ok ? 0 : 1
