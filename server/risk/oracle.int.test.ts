import { readFileSync } from 'node:fs'
import { createTestDatabase, query, type TestDatabase } from '@suture/testing/database.ts'
import { addFleet, type FleetDevice } from '@suture/testing/fleet.ts'
import { handlers } from '@suture/testing/risk-scene.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importKnowledge, judgeVersion, type KnowledgeDocument, keysOf, productKey } from '#intelligence/index.ts'
import { type Scope, systemScope, withScope } from '#platform/database/store.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import { newId } from '#platform/id.ts'
import { endOfDay, latest } from './decisions/clock.ts'
import { decide, type Facts } from './decisions/decide.ts'
import { viewFindingCounts, viewFindings } from './finding.queries.ts'
import { viewFixes } from './fix.queries.ts'

const bytes = readFileSync(new URL('../../data/knowledge/devices.json', import.meta.url))
const facts = JSON.parse(bytes.toString('utf8')) as KnowledgeDocument
const learntAt = new Date('2026-11-01T08:00:00Z')
const matchedAt = new Date('2026-11-02T08:00:00Z')

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await importKnowledge(database.worker, { now: () => learntAt }, bytes)
})
afterAll(() => database.drop())

/** Versions on, next to and far from the ends of the ranges, and some that nobody can read. */
const products = facts.products.flatMap((product) =>
  [product, ...product.aliases.slice(0, 1)].map(({ vendor, product: name }) => ({ manufacturer: vendor, model: name })),
)
const versions = [
  ...new Set(
    facts.vulnerabilities.flatMap(({ affected }) =>
      affected.flatMap(({ ranges }) =>
        ranges.flatMap((range) => [
          ...('exact' in range ? [range.exact] : []),
          ...('to' in range && range.to ? [range.to.version] : []),
          ...('from' in range && range.from ? [range.from.version] : []),
        ]),
      ),
    ),
  ),
  '0.1',
  '99.9',
  'latest',
]

const day = fc.integer({ min: -30, max: 60 }).map((days) => new Date(matchedAt.getTime() + days * 24 * 3_600_000 + 1))
const fleets = fc.array(
  fc.record({
    product: fc.constantFrom(...products),
    firmware: fc.constantFrom(...versions),
    part: fc.option(fc.record({ product: fc.constantFrom(...products), version: fc.constantFrom(...versions) })),
    exposure: fc.constantFrom('exposed', 'internal', 'isolated', 'unknown'),
    hardwareRevision: fc.constantFrom('A', 'B'),
    state: fc.constantFrom('live', 'live', 'silent', 'retired', 'quarantined'),
    isRig: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    createdAt: day,
  }),
  { minLength: 1, maxLength: 12 },
)
type Drawn = typeof fleets extends fc.Arbitrary<infer Each> ? (Each & readonly unknown[])[number] : never
const asDevice = ({ product, part, ...each }: Drawn): FleetDevice => ({
  ...each,
  ...product,
  uid: newId(each.createdAt),
  parts:
    part === null ? [] : [{ supplier: part.product.manufacturer, name: part.product.model, version: part.version }],
})

const names = keysOf(facts.products)
const keyOf = (supplier: string, name: string) => names.get(productKey(supplier, name))
type Bill = readonly { readonly supplier: string; readonly name: string; readonly version: string }[]
const billOf = ({ manufacturer, model, firmware, parts = [] }: FleetDevice): Bill => [
  { supplier: manufacturer, name: model, version: firmware },
  ...parts,
]

type Vulnerability = KnowledgeDocument['vulnerabilities'][number]
/** Whether a bill has a vulnerability, told slowly: each component against each thing that is said. */
function verdictOf(bill: Bill, { affected }: Vulnerability): 'affected' | 'unknown' | 'not-affected' {
  const verdicts = bill.flatMap(({ supplier, name, version }) =>
    affected
      .filter((each) => productKey(each.vendor, each.product) === keyOf(supplier, name))
      .map(({ ranges }) => judgeVersion(version, ranges).verdict),
  )
  return verdicts.includes('affected') ? 'affected' : verdicts.includes('unknown') ? 'unknown' : 'not-affected'
}

function dueOf(device: FleetDevice, vulnerability: Vulnerability, verdict: 'affected' | 'unknown') {
  const { kev, ssvc } = vulnerability
  const knownAt = learntAt.toISOString()
  const fact = <V extends string>(value: V) => ({ value, source: 'x', knownAt })
  const known: Facts = {
    ...(device.exposure === 'unknown' ? {} : { publiclyExposed: fact(device.exposure === 'exposed' ? 'yes' : 'no') }),
    inKev: fact(kev ? 'yes' : 'no'),
    ...(ssvc ? { automatable: fact(ssvc.automatable), technicalImpact: fact(ssvc.technicalImpact) } : {}),
  }
  const { clock } = decide({ facts: known, verdict, matchedAt: matchedAt.toISOString(), knowledgeAt: knownAt })
  const found = latest(clock.start, device.createdAt ?? clock.start)
  return { outcome: clock.outcome, due: clock.days === null ? null : endOfDay(found, clock.days).toISOString() }
}

const inFleet = ({ state, isRig }: FleetDevice) => !isRig && state !== 'retired' && state !== 'quarantined'
const expectedFindings = (fleet: readonly FleetDevice[]) =>
  fleet.filter(inFleet).flatMap((device) =>
    facts.vulnerabilities.flatMap((vulnerability) => {
      const verdict = verdictOf(billOf(device), vulnerability)
      if (verdict === 'not-affected') return []
      return { device: device.uid, vulnerability: vulnerability.id, verdict, ...dueOf(device, vulnerability, verdict) }
    }),
  )

let serial = 0
async function stored(fleet: readonly FleetDevice[]): Promise<Scope> {
  const clock = { now: () => matchedAt }
  const { id } = await ensureTenant(database.urls.owner, clock, `fleet${serial++}`)
  await addFleet(database.urls.superuser, id, fleet)
  const scope = systemScope(id, 'test')
  const context = {
    store: database.worker,
    clock,
    scope,
    payload: { subject: 'test' },
    signal: new AbortController().signal,
  }
  await handlers['intelligence/match'](context)
  await handlers['risk/decide'](context)
  return scope
}
const byName = (a: { device: string; vulnerability: string }, b: { device: string; vulnerability: string }) =>
  `${a.device} ${a.vulnerability}` < `${b.device} ${b.vulnerability}` ? -1 : 1

test('the findings of any fleet are those that a slow recomputation finds, with the same deadlines', async () => {
  await fc.assert(
    fc.asyncProperty(fleets, async (drawn) => {
      const fleet = drawn.map(asDevice)
      const scope = await stored(fleet)
      const now = new Date('2026-11-20T00:00:00Z')
      const [rows, counts] = await withScope(database.app, scope, async (scoped) => [
        await viewFindings(scoped, {}, 10_000, undefined),
        await viewFindingCounts(scoped, {}, now),
      ])
      const found = rows.map(({ device, vulnerability, verdict, outcome, dueAt }) => ({
        device: device.id,
        vulnerability,
        verdict,
        outcome,
        due: dueAt?.toISOString() ?? null,
      }))
      const expected = expectedFindings(fleet)
      expect(found.toSorted(byName)).toEqual(expected.toSorted(byName))
      expect(counts).toEqual({
        findings: expected.length,
        devices: new Set(expected.map(({ device }) => device)).size,
        vulnerabilities: new Set(expected.map(({ vulnerability }) => vulnerability)).size,
        overdue: expected.filter(({ due }) => due !== null && due < now.toISOString()).length,
        undecided: 0,
      })
    }),
    { numRuns: 25 },
  )
}, 240_000)

/** Releases one firmware version for a model, on one revision or on all. */
async function release(scope: Scope, { manufacturer, model, firmware }: FleetDevice, revision: string): Promise<void> {
  const { superuser } = database.urls
  const { tenant } = scope
  await query(
    superuser,
    `insert into releases_artifact values ($1, sha256('a'), substr(sha256('a'), 1, 20), substr(sha256('a'), 1, 16), 1, 'a', 'x', now())
     on conflict do nothing`,
    [tenant],
  )
  await query(
    superuser,
    `with r as (insert into releases_release (tenant_id, id, name, version, state, created_by, created_at)
       values ($1, gen_random_uuid(), 'R', $4, 'published', gen_random_uuid(), now()) returning id)
     insert into releases_target select $1, r.id, m.id, $5, sha256('a') from r, inventory_model m
      where m.tenant_id = $1 and m.manufacturer = $2 and m.name = $3`,
    [tenant, manufacturer, model, firmware, revision],
  )
}

/** What a release closes on one device, and what nobody can tell. */
function closedOn(device: FleetDevice, target: FleetDevice) {
  const [before, after] = [billOf(device), billOf(target)]
  const keys = new Set(after.flatMap(({ supplier, name }) => keyOf(supplier, name) ?? []))
  return facts.vulnerabilities
    .filter((each) => verdictOf(before, each) !== 'not-affected' && verdictOf(after, each) === 'not-affected')
    .map((vulnerability) => {
      const had = before.filter((each) => verdictOf([each], vulnerability) !== 'not-affected')
      return {
        device,
        vulnerability,
        closes: after.length > 1 || had.some(({ supplier, name }) => keys.has(keyOf(supplier, name) ?? '')),
      }
    })
}

test('what a release closes on any fleet is what a slow recomputation says, device by device', async () => {
  await fc.assert(
    fc.asyncProperty(fleets, fc.nat(), fc.constantFrom('', 'A'), async (drawn, pick, revision) => {
      const model = drawn[pick % drawn.length]?.product ?? { manufacturer: '', model: '' }
      const fleet = drawn.map((each) => asDevice({ ...each, product: model, part: null }))
      const target = fleet[(pick >> 3) % fleet.length] as FleetDevice
      const scope = await stored(fleet)
      await release(scope, target, revision)
      const [fix] = await withScope(database.app, scope, (scoped) =>
        viewFixes(scoped, { states: ['published'], release: undefined }, 10),
      )
      const reached = fleet.filter(
        (each) =>
          inFleet(each) && each.firmware !== target.firmware && (revision === '' || each.hardwareRevision === revision),
      )
      const closed = reached.flatMap((each) => closedOn(each, target))
      const due = closed
        .filter(({ closes }) => closes)
        .flatMap(({ device, vulnerability }) => dueOf(device, vulnerability, 'affected').due ?? [])
        .sort()
      expect({
        closes: fix?.closes,
        undecided: fix?.undecided,
        dueAt: fix?.dueAt?.toISOString(),
        vulnerabilities: fix?.vulnerabilities.map(({ id, findings }) => `${id} ${findings}`).sort(),
      }).toEqual({
        closes: {
          findings: closed.filter(({ closes }) => closes).length,
          devices: new Set(closed.filter(({ closes }) => closes).map(({ device }) => device.uid)).size,
        },
        undecided: closed.filter(({ closes }) => !closes).length,
        dueAt: due[0],
        vulnerabilities: [
          ...Map.groupBy(
            closed.filter(({ closes }) => closes),
            ({ vulnerability }) => vulnerability.id,
          ),
        ]
          .map(([id, all]) => `${id} ${all.length}`)
          .sort(),
      })
    }),
    { numRuns: 25 },
  )
}, 240_000)
