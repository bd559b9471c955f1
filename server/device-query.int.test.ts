import { type Connection, call } from '@suture/contract/client.ts'
import { deviceFields } from '@suture/contract/device-fields.ts'
import * as contract from '@suture/contract/inventory.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { query } from '@suture/testing/database.ts'
import { type Asking, fleet, type Row, startAsking, thatAre, versions } from '@suture/testing/query-scene.ts'
import { outcome, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let at: Asking
let server: TestServer
let tenant: TestTenant
beforeAll(async () => {
  at = await startAsking()
  server = at.server
  tenant = at.tenant
})
afterAll(() => server.stop())

const list = (q: string, by?: Connection) => at.list(q, by)

/** The order of the versions of the fleet, as their vendors have it; none where nobody can tell. */
const ranks: Readonly<Record<(typeof versions)[number], number | undefined>> = {
  '1.9': 0,
  '1.10': 1,
  '1.10.0': 1,
  '2.0': 2,
  'V2.0 SP1': 3,
  '10.0': 4,
  unknown: undefined,
}
const rankOf = (text: string) => ranks[text as (typeof versions)[number]]
const like = (text: string | undefined, glob: string) =>
  text !== undefined && new RegExp(`^${glob.replaceAll(/[.%()"'|]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(text)

interface Asked {
  readonly q: string
  readonly is: (row: Row) => boolean
}
const signs: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '=le=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

const textOf = (field: string, of: (row: Row) => string | undefined, globs: readonly string[]) =>
  fc.constantFrom(...globs).map((glob): Asked => ({ q: `${field}:"${glob}"`, is: (row) => like(of(row), glob) }))
const ordered = fc
  .tuple(fc.constantFrom(...Object.keys(signs)), fc.constantFrom(...versions.filter((each) => each !== 'unknown')))
  .map(([sign, version]): Asked => {
    const holds = (a: number | undefined) => a !== undefined && signs[sign]?.(a, rankOf(version) ?? 0) === true
    return { q: `fw${sign}"${version}"`, is: ({ firmware }) => holds(rankOf(firmware)) }
  })
const terms = fc.oneof(
  textOf('name', ({ name }) => name, ['pump*', '*1*', 'Pump 3', 'VENTIL*']),
  textOf('vendor', ({ manufacturer }) => manufacturer, ['axis', 'O*', 'nobody']),
  textOf('model', ({ model }) => model, ['P32', 'P32*', '*8*']),
  textOf('site', ({ site }) => site, ['plant 2', 'Plant 2*']),
  textOf('zone', ({ zone }) => zone, ['Hall*', '*', '100%', 'a_b', 'aXb']),
  textOf('controller', ({ controllerId }) => controllerId, ['c-1', 'c-*5']),
  ordered,
  fc
    .constantFrom('exposed', 'internal')
    .map((value): Asked => ({ q: `exposure==${value}`, is: (row) => row.exposure === value })),
  fc.boolean().map((value): Asked => ({ q: `rig:${value ? 'yes' : 'no'}`, is: (row) => row.rig === value })),
  fc.constantFrom('ump 1', 's-4').map(
    (text): Asked => ({
      q: `"${text}"`,
      is: ({ name = '', serial }) => `${name}|${serial}`.toLowerCase().includes(text),
    }),
  ),
)
const asked: fc.Arbitrary<Asked> = fc.letrec<{ asked: Asked }>((tie) => ({
  asked: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    terms,
    tie('asked').map(({ q, is }): Asked => ({ q: `-(${q})`, is: (row) => !is(row) })),
    fc.tuple(tie('asked'), tie('asked'), fc.constantFrom(' ', ';', ' and ')).map(
      ([a, b, sign]): Asked => ({
        q: `(${a.q})${sign}(${b.q})`,
        is: (row) => a.is(row) && b.is(row),
      }),
    ),
    fc.tuple(tie('asked'), tie('asked'), fc.constantFrom(',', ' or ')).map(
      ([a, b, sign]): Asked => ({
        q: `(${a.q})${sign}(${b.q})`,
        is: (row) => a.is(row) || b.is(row),
      }),
    ),
  ),
})).asked

describe('a query of devices', () => {
  test('finds exactly those of which it is so, as somebody finds who looks at the list', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async ({ q, is }) => {
        expect(await list(q)).toEqual(thatAre(is))
      }),
      { numRuns: 150 },
    )
  })

  test('takes a version for the same that is written otherwise, and none for one that nobody can read', async () => {
    expect(await list('fw:1.10')).toEqual(thatAre(({ firmware }) => ['1.10', '1.10.0'].includes(firmware)))
    expect(await list('fw<99 or fw>=99')).toEqual(thatAre(({ firmware }) => firmware !== 'unknown'))
    expect(await list('fw:unk*')).toEqual(thatAre(({ firmware }) => firmware === 'unknown'))
    expect(await outcome(tenant.people.viewer, contract.listDevices, { query: { q: 'fw<"1 to 3"' } })).toMatchObject({
      code: 'http/bad-query',
    })
  })

  test('finds devices by their ids, whole or in part', async () => {
    const { items } = await call(tenant.people.viewer, contract.listDevices, { query: { limit: 3 } })
    const [first, second] = items.map(({ id }) => id)
    expect(await list(`id:(${first},${second?.toUpperCase()})`)).toEqual(['S-0', 'S-1'])
    expect(await list(`id:${first?.slice(0, 30)}*`)).toContain('S-0')
    expect(await list('id:nothing')).toEqual([])
  })

  test('tells never heard from heard', async () => {
    const [first] = (await call(tenant.people.viewer, contract.listDevices, { query: { limit: 1 } })).items
    await query(
      server.database.urls.superuser,
      `insert into inventory_seen select tenant_id, id, now() - interval '2 days' from inventory_device where uid = $1`,
      [first?.id],
    )
    expect(await list('seen:*')).toEqual([first?.serial])
    expect(await list('seen<3d')).toEqual([first?.serial])
    expect(await list('seen<1d')).toEqual([])
    expect(await list('-seen:*')).toHaveLength(fleet.length - 1)
    expect(await list('added<1h')).toHaveLength(fleet.length)
  })

  test('finds a component by name, purl and version', async () => {
    expect(await list('component:P32@<2')).toEqual(
      thatAre(({ model, firmware }) => model === 'P32' && (rankOf(firmware) ?? 9) < 2),
    )
    expect(await list('component:(P32 EDR-*)')).toEqual(thatAre(({ model }) => model !== 'P3245'))
  })

  test('that cannot be read is refused with the place and what may have been meant', async () => {
    const error = await call(tenant.people.viewer, contract.listDevices, { query: { q: 'vendr:axis fw<2' } }).catch(
      ({ problem }) => problem,
    )
    expect(error).toMatchObject({
      code: 'http/bad-query',
      status: 400,
      problem: 'There is no field `vendr`',
      at: { from: 0, to: 5 },
      meant: 'vendor:axis fw<2',
    })
  })
})

/** What has broken out of a text before: quotes, comments, patterns, encodings, numbers that are none. */
const hostile = [
  "'; drop table inventory_device; --",
  "' or '1'='1",
  '" or 1=1 --',
  "\\'; select pg_sleep(10); --",
  '$1',
  '$$; select 1; $$',
  '%',
  '_',
  '\\',
  '\\%',
  '%_\\',
  "{'a','b'}",
  '{}',
  'NULL',
  'a\\u0000b',
  '/* */',
  ')) union select 1,2,3 --',
  '\u2019 or 1=1',
  '😀%',
  'ſ',
  "E'\\x41'",
  '::int',
  '$'.concat('{1}'),
]

describe('a hostile text', () => {
  test('stands for itself alone, in every field that takes texts', async () => {
    const fields = Object.entries(deviceFields).flatMap(([name, { kind }]) =>
      kind === 'text' || kind === 'version' || kind === 'component' ? [name] : [],
    )
    for (const field of fields)
      for (const text of hostile) {
        const q = `${exactly(field, text)} or ${exactly(field, text, 'rsql')}`
        const answer = await call(tenant.people.viewer, contract.listDevices, { query: { q } }).catch(
          ({ problem }) => problem.code,
        )
        // No view and no component can be called so; everything else may be, and nothing is.
        const isNoName = field === 'view' || (field === 'component' && text.includes('@'))
        expect([field, text, answer.items ?? answer]).toEqual([field, text, isNoName ? 'http/bad-query' : []])
      }
    expect(await list('rig:yes or rig:no')).toHaveLength(fleet.length)
  })

  test('finds the device that is called so, and no other', async () => {
    const other = await server.addTenant('hostile')
    const devices = hostile.map(
      (name, n): Row =>
        ({ ...(fleet[0] as Row), site: undefined, serial: `H-${n}`, name, controllerId: `h-${n}` }) as Row,
    )
    await call(other.people.operator, contract.importDevices, {
      body: { devices: devices.map(({ site: _, zone: __, ...row }) => row) },
    })
    for (const [n, name] of hostile.entries())
      expect([name, await list(exactly('name', name), other.people.viewer)]).toEqual([name, [`H-${n}`]])
  })
})

describe('the values of a field', () => {
  const values = async (
    given: { field: keyof typeof deviceFields; starts?: string; q?: string; limit?: number },
    by: Connection = tenant.people.viewer,
  ) => (await call(by, contract.listDeviceValues, { query: given })).items.map(({ value, devices }) => [value, devices])

  test('are told with how many devices have them, the most frequent first, of those that fit', async () => {
    expect(await values({ field: 'type' })).toEqual([
      ['camera', 30],
      ['router', 30],
    ])
    expect(await values({ field: 'model', starts: 'p3' })).toEqual([
      ['P32', 20],
      ['P3245', 20],
    ])
    expect(await values({ field: 'vendor', q: 'model:P32 type:camera', limit: 1 })).toHaveLength(1)
    const [[, halls] = []] = await values({ field: 'zone', starts: 'hall 3' })
    expect(halls).toBe(thatAre(({ zone }) => zone === 'Hall 3').length)
    expect(await values({ field: 'seen' })).toEqual([])
  })

  test('of every field can be asked for', async () => {
    for (const field of Object.keys(deviceFields) as (keyof typeof deviceFields)[])
      expect(await values({ field, starts: '%' })).toEqual([])
  })
})
