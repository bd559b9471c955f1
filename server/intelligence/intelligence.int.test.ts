import { readFileSync } from 'node:fs'
import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { addFleet, type FleetDevice } from '@suture/testing/fleet.ts'
import { describe, expect, test } from 'vitest'
import { systemScope } from '#platform/database/store.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import { newId } from '#platform/id.ts'
import { importKnowledge } from './feeds/import.operations.ts'
import type { KnowledgeDocument } from './knowledge.ts'
import { matchBills } from './matching/match.operations.ts'

const real = readFileSync(new URL('../../data/knowledge/devices.json', import.meta.url))
const facts = JSON.parse(real.toString('utf8')) as KnowledgeDocument
const noon = new Date('2026-11-01T12:00:00Z')

/** The real facts with something else said about the vulnerabilities that are kept. */
const written = (change: (each: KnowledgeDocument['vulnerabilities'][number]) => object, retrieved = '2026-11-01') =>
  Buffer.from(
    JSON.stringify({
      ...facts,
      source: { ...facts.source, retrieved },
      vulnerabilities: facts.vulnerabilities.map(change),
    }),
  )

const device = (given: Partial<FleetDevice>): FleetDevice => ({
  uid: newId(noon),
  manufacturer: 'Unitronics',
  model: 'Vision',
  firmware: '12.37',
  ...given,
})

async function world() {
  const database = await databaseForThisTest()
  const time = { now: noon }
  const clock = { now: () => time.now }
  const { superuser } = database.urls
  const { id } = await ensureTenant(database.urls.owner, clock, 'home')
  const scope = systemScope(id, 'test')
  const rows = <Row extends object>(text: string) => query<Row>(superuser, text)
  return {
    database,
    time,
    rows,
    learn: (bytes: Uint8Array) => importKnowledge(database.worker, clock, bytes),
    have: (...devices: FleetDevice[]) => addFleet(superuser, id, devices),
    match: () => matchBills(database.worker, clock, scope, 'test'),
    matches: () =>
      rows<{
        version: string
        vulnerability: string
        verdict: string
        explanation: { because: object; source: string }
      }>(
        `select c.version, m.vulnerability_id as vulnerability, m.verdict, m.explanation from intelligence_match m
           join inventory_component c on c.id = m.component_id order by 1, 2`,
      ),
    events: () =>
      rows<{ detail: object }>(`select detail from platform_event where kind = 'matches.changed' order by id`),
  }
}

describe('knowledge', () => {
  test('that comes a second time changes nothing', async () => {
    const { learn, rows } = await world()
    expect(await learn(real)).toMatchObject({ kind: 'imported', vulnerabilities: 58, older: 0 })
    const tables = ['document', 'product', 'alias', 'vulnerability', 'affected']
    const digest = () =>
      Promise.all(
        tables.map((each) => rows(`select md5(string_agg(t::text, '' order by t::text)) from intelligence_${each} t`)),
      )
    const before = await digest()
    expect(await learn(real)).toMatchObject({ kind: 'known-already' })
    expect(await digest()).toEqual(before)
  })

  test('of an older record never takes the place of a newer one', async () => {
    const { learn, rows } = await world()
    await learn(real)
    const older = written((each) => ({ ...each, modified: '2000-01-01T00:00:00Z', affected: [] }))
    expect(await learn(older)).toMatchObject({ kind: 'imported', vulnerabilities: 0, older: 58, products: 0 })
    const [kept] = await rows<{ n: number }>('select count(*)::int as n from intelligence_affected')
    expect(kept?.n).toBeGreaterThan(58)
    const newer = written((each) => ({ ...each, affected: [] }))
    expect(await learn(newer)).toMatchObject({ kind: 'imported', vulnerabilities: 58, older: 0 })
    expect(await rows('select from intelligence_affected')).toEqual([])
  })

  test('remembers when a listing became known here, for as long as it lasts', async () => {
    const { learn, rows, time } = await world()
    const listing = () =>
      rows<{ listed_at: string | null; listing_known_at: Date | null; known_at: Date }>(
        `select listed_at, listing_known_at, known_at from intelligence_vulnerability where id = 'CVE-2023-6448'`,
      )
    await learn(written(({ kev: _, ...each }) => each, '2026-10-01'))
    expect(await listing()).toEqual([{ listed_at: null, listing_known_at: null, known_at: noon }])
    const later = new Date('2026-11-02T00:00:00Z')
    time.now = later
    await learn(written((each) => each, '2026-10-02'))
    expect(await listing()).toEqual([{ listed_at: '2023-12-11', listing_known_at: later, known_at: noon }])
    time.now = new Date('2026-11-03T00:00:00Z')
    await learn(written((each) => ({ ...each, references: [] }), '2026-10-03'))
    expect(await listing()).toEqual([{ listed_at: '2023-12-11', listing_known_at: later, known_at: noon }])
  })

  test('is refused whole when one field of it is wrong, when it calls two known products one, or when it is no JSON', async () => {
    const { learn, rows } = await world()
    await learn(real)
    const wrong = [
      written((each) => ({ ...each, published: 'yesterday' })),
      Buffer.from('{'),
      Buffer.from(
        JSON.stringify({
          ...facts,
          vulnerabilities: [],
          products: [
            {
              vendor: 'X',
              product: 'Y',
              scheme: 'generic',
              aliases: [
                { vendor: 'Unitronics', product: 'Vision' },
                { vendor: 'LenelS2', product: 'NetBox' },
              ],
            },
          ],
        }),
      ),
    ]
    for (const bytes of wrong) expect(await learn(bytes)).toEqual({ kind: 'refused', because: expect.any(String) })
    expect(await rows('select from intelligence_document')).toHaveLength(1)
  })

  test('cannot be written by the role that answers people, nor what follows from it', async () => {
    const { database } = await world()
    for (const table of ['document', 'product', 'alias', 'vulnerability', 'affected', 'component', 'bill', 'match'])
      await expect(query(database.urls.app, `delete from intelligence_${table}`)).rejects.toMatchObject({
        code: '42501',
      })
  })
})

describe('a bill', () => {
  test('matches what its components are affected by, and keeps why', async () => {
    const { learn, have, match, matches } = await world()
    await learn(real)
    await have(device({}), device({ firmware: '12.38' }), device({ firmware: 'latest' }))
    await match()
    const found = await matches()
    expect(found.map(({ version, vulnerability, verdict }) => [version, vulnerability, verdict])).toEqual([
      ['12.37', 'CVE-2023-6448', 'affected'],
      ['latest', 'CVE-2023-6448', 'unknown'],
    ])
    expect(found[0]?.explanation).toMatchObject({
      component: { supplier: 'Unitronics', name: 'Vision', version: '12.37' },
      product: { vendor: 'Unitronics', name: 'Vision' },
      identity: 'name',
      because: {
        rule: 'inside',
        bound: 'to',
        range: { status: 'affected', to: { version: '12.38', inclusive: false } },
      },
      source: 'ICSA-23-348-15',
    })
  })

  test('is recognised by another name of a product, and by the CPE name of a part', async () => {
    const { learn, have, match, matches } = await world()
    await learn(real)
    const cpe = 'cpe:2.3:o:dlink:dir-859_firmware:1.06b01:*:*:*:*:*:*:*'
    await have(
      device({ model: 'Samba' }),
      device({ model: 'Gateway', firmware: '1', parts: [{ supplier: '', name: 'router', version: '1.06B01', cpe }] }),
    )
    await match()
    expect((await matches()).map(({ vulnerability, explanation }) => [vulnerability, explanation])).toMatchObject([
      ['CVE-2024-0769', { identity: 'cpe', product: { vendor: 'D-Link', name: 'DIR-859' } }],
      ['CVE-2023-6448', { identity: 'alias', product: { vendor: 'Unitronics', name: 'Vision' } }],
    ])
  })

  test('that was there first is matched when the product becomes known later', async () => {
    const { learn, have, match, matches } = await world()
    await have(device({}))
    await match()
    expect(await matches()).toEqual([])
    await learn(real)
    await match()
    expect(await matches()).toHaveLength(1)
  })

  test('loses the match when the range is narrowed, and keeps when it was first made while it lasts', async () => {
    const { learn, have, match, matches, rows, time, events } = await world()
    await learn(real)
    await have(device({}))
    await match()
    const since = () => rows<{ matched_at: Date }>('select matched_at from intelligence_match')
    time.now = new Date('2026-11-05T00:00:00Z')
    const narrowed = (version: string) =>
      written((each) =>
        each.id === 'CVE-2023-6448'
          ? {
              ...each,
              affected: each.affected.map((said) => ({
                ...said,
                ranges: [{ status: 'affected', to: { version, inclusive: true } }],
              })),
            }
          : each,
      )
    await learn(narrowed('12.37'))
    await match()
    expect(await since()).toEqual([{ matched_at: noon }])
    await learn(narrowed('12.36'))
    await match()
    expect(await matches()).toEqual([])
    expect(await events()).toMatchObject([
      { detail: { made: 1, changed: 0, ended: 0 } },
      { detail: { made: 0, changed: 1, ended: 0 } },
      { detail: { made: 0, changed: 0, ended: 1 } },
    ])
  })

  test('is judged again only when something else is said about one of its products', async () => {
    const { learn, have, match, rows } = await world()
    await learn(real)
    await have(device({}), device({ manufacturer: 'LenelS2', model: 'NetBox', firmware: '5.6.1' }))
    await match()
    const judged = () =>
      rows<{ manufacturer: string; document_id: number }>(
        `select m.manufacturer, b.document_id from intelligence_bill b join inventory_firmware f using (bill_id)
           join inventory_model m on m.id = f.model_id order by 1`,
      )
    const before = await judged()
    await learn(written((each) => (each.id === 'CVE-2024-2420' ? { ...each, affected: [] } : each)))
    await match()
    const [lenel, unitronics] = await judged()
    expect(unitronics).toEqual(before[1])
    expect(lenel?.document_id).toBeGreaterThan(before[0]?.document_id ?? 0)
  })

  test('of another tenant is not looked at', async () => {
    const { database, learn, have, rows } = await world()
    await learn(real)
    await have(device({}))
    const clock = { now: () => noon }
    const other = await ensureTenant(database.urls.owner, clock, 'other')
    await matchBills(database.worker, clock, systemScope(other.id, 'test'), 'test')
    expect(await rows('select from intelligence_match')).toEqual([])
  })
})
