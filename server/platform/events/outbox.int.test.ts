import { setTimeout as after } from 'node:timers/promises'
import { databaseForThisTest, query, type TestDatabase } from '@suture/testing/database.ts'
import { Follower } from '@suture/testing/follower.ts'
import { Writer } from '@suture/testing/writer.ts'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { openPool } from '#platform/database/pool.ts'
import { Store } from '#platform/database/store.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import type { TenantId } from '#platform/id.ts'
import { Outbox } from './outbox.ts'
import type { Position } from './position.ts'

type Step =
  | { readonly act: 'begin' | 'write' | 'commit' | 'rollback'; readonly writer: number }
  | { readonly act: 'join' | 'rejoin' | 'leave' | 'stall' | 'resume'; readonly reader: number }
  | { readonly act: 'pause' }

const [writers, readers] = [3, 3]
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    act: fc.constantFrom('begin' as const, 'write' as const, 'write' as const, 'commit' as const, 'rollback' as const),
    writer: fc.nat(writers - 1),
  }),
  fc.record({
    act: fc.constantFrom('join' as const, 'rejoin' as const, 'leave' as const, 'stall' as const, 'resume' as const),
    reader: fc.nat(readers - 1),
  }),
  fc.record({ act: fc.constant('pause' as const) }),
)

/** Two readers are beside the loop when one of them stalls for longer than its queue holds. */
const slowReader: Step[] = [
  { act: 'join', reader: 0 },
  { act: 'join', reader: 1 },
  { act: 'pause' },
  { act: 'stall', reader: 0 },
  ...Array.from({ length: 8 }, (): Step[] => [
    { act: 'begin', writer: 0 },
    { act: 'write', writer: 0 },
    { act: 'commit', writer: 0 },
    { act: 'pause' },
  ]).flat(),
  { act: 'resume', reader: 0 },
]

async function newTenant(database: TestDatabase) {
  const { id } = await ensureTenant(database.urls.owner, systemClock, 'plant')
  const open = Array.from({ length: writers }, () => new Writer(database.urls.app, id))
  await Promise.all(open.map((writer) => writer.connect()))
  onTestFinished(() => Promise.all(open.map((writer) => writer.end())).then(() => undefined))
  return { id, open }
}

test('whoever follows gets every committed event once and in order, however they join, stall, leave and return', async () => {
  const database = await databaseForThisTest()
  const { id, open } = await newTenant(database)
  const outbox = new Outbox(database.app, { tickMs: 1, batch: 3, queue: 2 })
  let serial = 0
  let start: Position = { epoch: 0, xid: '0', id: 0 }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const all = Array.from({ length: readers }, () => new Follower(outbox, id, start))
      const committed: string[] = []
      for (const each of steps) {
        if ('writer' in each) {
          const writer = open[each.writer] as Writer
          if (each.act === 'begin') await writer.begin()
          else if (each.act === 'write') await writer.write(String(serial++))
          else committed.push(...(await writer.close(each.act)))
        } else if ('reader' in each) {
          const reader = all[each.reader] as Follower
          if (each.act === 'rejoin') await reader.leave()
          await (each.act === 'rejoin' ? reader.join() : reader[each.act]())
        } else await after(5)
      }
      for (const writer of open) committed.push(...(await writer.close('commit')))
      // Whatever comes after this one has a higher position, so that a reader that has it has everything.
      const marker = `end ${serial++}`
      await (open[0] as Writer).one(marker)
      for (const reader of all) {
        reader.resume()
        await reader.join()
      }
      for (const reader of all) {
        await expect.poll(() => reader.got.at(-1), { interval: 2 }).toBe(marker)
        expect(reader.got.toSorted()).toEqual([...committed, marker].toSorted())
      }
      const [first, ...others] = all.map(({ got }) => got)
      for (const got of others) expect(got).toEqual(first)
      for (const reader of all) await reader.leave()
      start = await lastPosition(outbox, id, start)
    }),
    { numRuns: 40, examples: [[slowReader]] },
  )
})

/** The position of the last event after another, which is certain already. */
async function lastPosition(outbox: Outbox, tenant: TenantId, from: Position): Promise<Position> {
  const gone = new AbortController()
  for await (const row of await outbox.follow(tenant, from, gone.signal)) {
    if (row.subject.startsWith('end ')) {
      gone.abort()
      return row
    }
  }
  return from
}

/** A store that counts how often it is asked. */
function countingStore({ urls }: TestDatabase) {
  const pool = openPool(urls.app, { max: 8, name: 'suture test', onError: () => undefined })
  const counted = { transactions: 0 }
  pool.pg.on('acquire', () => void counted.transactions++)
  const store = new Store(pool)
  onTestFinished(() => store.close())
  return { store, counted }
}

test('a hundred streams of a tenant cost no more queries than one, and no stream costs none', async () => {
  const database = await databaseForThisTest()
  const { id, open } = await newTenant(database)
  const { store, counted } = countingStore(database)
  const outbox = new Outbox(store, { tickMs: 100 })
  const gone = new AbortController()
  const got: string[][] = []
  for (let n = 0; n < 100; n++) {
    const mine: string[] = []
    got.push(mine)
    const rows = await outbox.follow(id, undefined, gone.signal)
    void (async () => {
      for await (const row of rows) mine.push(row.subject)
    })()
  }
  counted.transactions = 0
  for (const subject of ['a', 'b', 'c']) await (open[0] as Writer).one(subject)
  await expect.poll(() => got.every((mine) => mine.join('') === 'abc')).toBe(true)
  expect(counted.transactions).toBeLessThan(100)

  gone.abort()
  await after(200)
  counted.transactions = 0
  await after(200)
  expect(counted.transactions).toBe(0)
})

test('a stream from now on tells what is committed since, however long an older transaction has been running', async () => {
  const database = await databaseForThisTest()
  const { id, open } = await newTenant(database)
  const [older, writer] = open as [Writer, Writer]
  const outbox = new Outbox(database.app, { tickMs: 1 })
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  await older.begin()
  await older.write('committed after the opening')
  await writer.one('before')
  const [one, other]: [string[], string[]] = [[], []]
  const follow = async (into: string[]) => {
    const rows = await outbox.follow(id, undefined, gone.signal)
    void (async () => {
      for await (const row of rows) into.push(row.subject)
    })()
  }
  await follow(one)
  await writer.one('between')
  await follow(other)
  await older.close('commit')
  await writer.one('last')
  await expect.poll(() => [one, other].map((got) => got.at(-1))).toEqual(['last', 'last'])
  expect(one).toEqual(['committed after the opening', 'between', 'last'])
  expect(other).toEqual(['committed after the opening', 'last'])
})

test('what is told of the news is told before any stream has it', async () => {
  const database = await databaseForThisTest()
  const { id, open } = await newTenant(database)
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const told: string[] = []
  const before = async (tenant: TenantId, rows: readonly { readonly subject: string }[]) => {
    expect(tenant).toBe(id)
    told.push(...rows.map(({ subject }) => subject))
    await after(20)
    if (told.includes('end')) gone.abort()
  }
  const outbox = new Outbox(database.app, { tickMs: 1, before })
  const got: string[] = []
  const reading = (async () => {
    for await (const row of await outbox.follow(id, undefined, gone.signal)) got.push(row.subject)
  })()
  await expect.poll(() => (open[0] as Writer).one('news').then(() => got.length)).toBeGreaterThan(0)
  await (open[0] as Writer).one('end')
  await reading
  expect(told).toContain('end')
  expect(got).not.toContain('end')
})

test('a reader whose database fails ends its streams, and the next stream has a new one', async () => {
  const database = await databaseForThisTest()
  const { id, open } = await newTenant(database)
  const outbox = new Outbox(database.app, { tickMs: 1 })
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const rows = await outbox.follow(id, undefined, gone.signal)
  const reading = (async () => {
    for await (const _ of rows);
  })()
  const failed = expect(reading).rejects.toThrow('does not exist')
  await query(database.urls.superuser, 'alter table platform_event rename to away')
  await failed
  await query(database.urls.superuser, 'alter table away rename to platform_event')
  const next = (await outbox.follow(id, undefined, gone.signal))[Symbol.asyncIterator]()
  await (open[0] as Writer).one('again')
  expect((await next.next()).value).toMatchObject({ subject: 'again' })
})
