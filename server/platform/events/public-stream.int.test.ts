import { query } from '@suture/testing/database.ts'
import { type Followed, openStream } from '@suture/testing/stream.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { Writer } from '@suture/testing/writer.ts'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { markRestored } from '../database/epoch.ts'

type Step =
  | { readonly act: 'begin' | 'write' | 'commit' | 'rollback'; readonly writer: number }
  | { readonly act: 'cut' | 'come'; readonly reader: number }
  | { readonly act: 'wait'; readonly reader: number }

const [writers, readers] = [4, 2]
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constantFrom(
        'begin' as const,
        'write' as const,
        'write' as const,
        'commit' as const,
        'rollback' as const,
      ),
      writer: fc.nat(writers - 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constantFrom('cut' as const, 'come' as const), reader: fc.nat(readers - 1) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const), reader: fc.nat(readers - 1) }) },
)

/** The later transaction is committed, and told to somebody who goes away, before the earlier one is. */
const overtaking: Step[] = [
  { act: 'begin', writer: 0 },
  { act: 'write', writer: 0 },
  { act: 'begin', writer: 1 },
  { act: 'write', writer: 1 },
  { act: 'commit', writer: 1 },
  { act: 'wait', reader: 0 },
  { act: 'cut', reader: 0 },
  { act: 'commit', writer: 0 },
  { act: 'come', reader: 0 },
]

/** Somebody who follows by HTTP, is cut off, and comes back with the last id that they were told. */
class Reader {
  readonly got: string[] = []
  readonly #tenant: TestTenant
  readonly #isOurs: (subject: string) => boolean
  #last: string
  #stream: Followed | undefined
  #read = 0

  /** @param isOurs whether an event is one of this play */
  constructor(tenant: TestTenant, last: string, isOurs: (subject: string) => boolean) {
    this.#tenant = tenant
    this.#isOurs = isOurs
    this.#last = last
  }

  async come(): Promise<void> {
    if (this.#stream) return
    this.#stream = await openStream(this.#tenant.people.auditor, this.#last)
    expect(this.#stream.status).toBe(200)
    this.#read = 0
  }

  /** Takes what has come. */
  take(): void {
    const news = this.#stream?.messages.slice(this.#read) ?? []
    this.#read += news.length
    for (const { id, data } of news) {
      this.#last = id
      if (data.kind === 'test' && this.#isOurs(data.subject)) this.got.push(data.subject)
    }
  }

  async cut(): Promise<void> {
    const stream = this.#stream
    if (!stream) return
    // What is on its way when the connection ends may be lost: then it is told again.
    this.take()
    this.#stream = undefined
    stream.close()
    await stream.ended
  }
}

async function newScene(server: TestServer) {
  const tenant = await server.addTenant('plant')
  const open = Array.from({ length: writers }, () => new Writer(server.database.urls.app, tenant.id))
  await Promise.all(open.map((writer) => writer.connect()))
  onTestFinished(() => Promise.all(open.map((writer) => writer.end())).then(() => undefined))
  return { tenant, open }
}

/**
 * A position with everything behind it that comes from now on. What is there already may be behind it as well, as long as
 * an older transaction runs anywhere in the cluster.
 */
async function endOf(server: TestServer): Promise<string> {
  const [row] = await query<{ position: string }>(
    server.database.urls.superuser,
    `select e.epoch || '.' || pg_snapshot_xmin(pg_current_snapshot()) || '.0' as position from platform_epoch e`,
  )
  return row?.position ?? ''
}

/** Fails when somebody who follows by HTTP loses an event, is told one twice, or in another order than others. */
async function everyEventOnce(server: TestServer, patienceMs: number): Promise<void> {
  const { tenant, open } = await newScene(server)
  let serial = 0
  const play = async (steps: readonly Step[]) => {
    const [start, first] = [await endOf(server), serial]
    const isOurs = (subject: string) => Number(/\d+$/.exec(subject)?.[0]) >= first
    const all = Array.from({ length: readers }, () => new Reader(tenant, start, isOurs))
    const committed: string[] = []
    for (const each of steps) {
      if ('reader' in each) {
        const reader = all[each.reader] as Reader
        if (each.act === 'wait') {
          await reader.come()
          await new Promise((done) => setTimeout(done, 350))
          reader.take()
        } else await reader[each.act]()
      } else {
        const writer = open[each.writer] as Writer
        if (each.act === 'begin') await writer.begin()
        else if (each.act === 'write') await writer.write(String(serial++))
        else committed.push(...(await writer.close(each.act)))
      }
    }
    for (const writer of open) committed.push(...(await writer.close('commit')))
    const marker = `end ${serial++}`
    await (open[0] as Writer).one(marker)
    try {
      for (const reader of all) {
        await reader.come()
        const last = () => {
          reader.take()
          return reader.got.at(-1)
        }
        await expect.poll(last, { timeout: patienceMs, interval: 5 }).toBe(marker)
        expect(reader.got.toSorted()).toEqual([...committed, marker].toSorted())
      }
      for (const { got } of all) expect(got).toEqual(all[0]?.got)
    } finally {
      for (const reader of all) await reader.cut()
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 50 }), play), {
    numRuns: 12,
    examples: [[overtaking]],
    endOnFailure: true,
  })
}

test('over HTTP every committed event comes once and in one order, however transactions overlap and connections are cut', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  await everyEventOnce(server, 30_000)
})

test('the same check turns red when the server does not wait for older transactions', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  // The server asks PostgreSQL for the oldest transaction that runs, and is told here that none does.
  const { superuser } = server.database.urls
  await query(
    superuser,
    `create function public.pg_snapshot_xmin(pg_snapshot) returns xid8 language sql as $$ select '18446744073709551615'::xid8 $$`,
  )
  await query(
    superuser,
    `do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`,
  )
  await expect(everyEventOnce(server, 3_000)).rejects.toThrow('Property failed')
})

test('after a restore a position from before is followed by everything of the new epoch, and by nothing twice', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const { tenant, open } = await newScene(server)
  const [writer] = open as [Writer]
  const { auditor } = tenant.people
  const first = await openStream(auditor)
  await writer.one('before')
  await expect.poll(() => first.messages.length).toBe(1)
  first.close()
  // A backup is older than what was told last, and its transactions are numbered from lower on.
  const [epoch = '', xid = ''] = (first.messages[0]?.id ?? '').split('.')
  const told = `${epoch}.${BigInt(xid) + 1_000_000n}.9`
  const restored = { now: new Date(), settleSeconds: 0 }
  expect(await markRestored(server.database.urls.owner, restored)).toBeGreaterThan(Number(epoch))
  await writer.one('after one')
  await writer.one('after two')
  const second = await openStream(auditor, told)
  onTestFinished(() => second.close())
  await expect.poll(() => second.messages.map(({ data }) => data.subject)).toEqual(['after one', 'after two'])
})

test.each([
  ['of an epoch that has not come', (epoch: number, xid: bigint) => `${epoch + 1}.${xid}.1`],
  ['of a transaction that has not begun', (epoch: number, xid: bigint) => `${epoch}.${xid + 1_000_000n}.1`],
])('a position %s was never given out here, and is refused instead of waited for', async (_what, forged) => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const { tenant } = await newScene(server)
  const [epoch = '', xid = ''] = (await endOf(server)).split('.')
  const stream = await openStream(tenant.people.auditor, forged(Number(epoch), BigInt(xid)))
  expect(stream.status).toBe(400)
})
