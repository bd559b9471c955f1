import * as contract from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { startTestServer } from '@suture/testing/world.ts'
import fc from 'fast-check'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { systemScope, withScope } from '#platform/database/store.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import { currentPosition, emit, eventLag, eventsAfter } from './event.queries.ts'
import { type Position, readPosition, writePosition } from './position.ts'

type Step =
  | { readonly writer: number; readonly act: 'begin' | 'write' | 'commit' | 'rollback' }
  | { readonly act: 'read' }

const writers = 4
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    writer: fc.nat(writers - 1),
    act: fc.constantFrom('begin' as const, 'write' as const, 'write' as const, 'commit' as const, 'rollback' as const),
  }),
  fc.record({ act: fc.constant('read' as const) }),
)

/** A transaction that a test opens and closes by hand, so that transactions overlap as the test wants. */
class Writer {
  readonly #client: pg.Client
  readonly #tenant: number
  #open: string[] | undefined

  constructor(url: string, tenant: number) {
    this.#client = new pg.Client({ connectionString: url })
    this.#tenant = tenant
  }

  connect = () => this.#client.connect()
  end = () => this.#client.end()

  async begin(): Promise<void> {
    if (this.#open) return
    await this.#client.query('begin')
    await this.#client.query(`select set_config('app.tenant_id', $1, true)`, [String(this.#tenant)])
    this.#open = []
  }

  async write(subject: string): Promise<void> {
    if (!this.#open) return
    await this.#client.query(
      `insert into platform_event (tenant_id, epoch, at, kind, actor_kind, actor_id, actor_name, subject, detail)
       values ($1, (select epoch from platform_epoch), now(), 'test', 'system', 't', 't', $2, '{}')`,
      [this.#tenant, subject],
    )
    this.#open.push(subject)
  }

  /** What became true with the commit; nothing after a rollback. */
  async close(how: 'commit' | 'rollback'): Promise<string[]> {
    const written = this.#open ?? []
    if (this.#open) await this.#client.query(how)
    this.#open = undefined
    return how === 'commit' ? written : []
  }
}

test('a reader that goes on from its last position gets every committed event once, however transactions overlap', async () => {
  const { app, urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const all = Array.from({ length: writers }, () => new Writer(urls.app, tenant.id))
  await Promise.all(all.map((writer) => writer.connect()))
  onTestFinished(() => Promise.all(all.map((writer) => writer.end())).then(() => undefined))
  let serial = 0

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const scope = systemScope(tenant.id, 'test')
      let position: Position = await withScope(app, scope, currentPosition)
      const got: string[] = []
      const committed: string[] = []
      const read = async () => {
        // Small batches, so that a batch's end falls inside a transaction's events as well.
        for (;;) {
          const rows = await withScope(app, scope, (scoped) => eventsAfter(scoped, position, 2))
          for (const row of rows) got.push(row.subject)
          position = rows.at(-1) ?? position
          if (rows.length < 2) return
        }
      }
      for (const each of steps) {
        if (each.act === 'read') await read()
        else {
          const writer = all[each.writer] as Writer
          if (each.act === 'begin') await writer.begin()
          else if (each.act === 'write') await writer.write(String(serial++))
          else committed.push(...(await writer.close(each.act)))
        }
      }
      for (const writer of all) committed.push(...(await writer.close('commit')))
      await read()
      expect(got.toSorted()).toEqual(committed.toSorted())
    }),
    { numRuns: 60 },
  )
})

test('the same check turns red when a reader does not wait for older transactions', async () => {
  const { urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const [early, late] = [new Writer(urls.app, tenant.id), new Writer(urls.app, tenant.id)]
  await Promise.all([early.connect(), late.connect()])
  onTestFinished(() => Promise.all([early.end(), late.end()]).then(() => undefined))
  await early.begin()
  await early.write('early')
  await late.begin()
  await late.write('late')
  await late.close('commit')
  // A reader by id alone takes `late`, remembers its id, and never sees `early`.
  const naive = 'select id, subject from platform_event where id > $1 order by id'
  const [first] = await query<{ id: number; subject: string }>(urls.superuser, naive, [0])
  await early.close('commit')
  const rest = await query<{ subject: string }>(urls.superuser, naive, [first?.id])
  expect([first, ...rest].map((row) => row?.subject)).toEqual(['late'])
})

test('an event exists if and only if its transaction commits', async () => {
  const { app, urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const scope = systemScope(tenant.id, 'test')
  const write = (fails: boolean) =>
    withScope(app, scope, async (scoped) => {
      await emit(scoped, systemClock, { kind: 'session.ended', subject: fails ? 'never' : 'once', detail: {} })
      if (fails) throw new Error('rolled back')
    })
  await write(false)
  await expect(write(true)).rejects.toThrow('rolled back')
  expect(await query(urls.superuser, 'select subject from platform_event')).toEqual([{ subject: 'once' }])
})

test('a position from before a restore comes before every position after it', async () => {
  const { app, urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const scope = systemScope(tenant.id, 'test')
  const before: Position = { epoch: 1, xid: '18446744073709551615', id: 900_000 }
  await query(urls.superuser, 'update platform_epoch set epoch = epoch + 1')
  await withScope(app, scope, (scoped) =>
    emit(scoped, systemClock, { kind: 'session.ended', subject: 'after', detail: {} }),
  )
  expect(
    (await withScope(app, scope, (scoped) => eventsAfter(scoped, before, 9))).map(({ subject }) => subject),
  ).toEqual(['after'])
})

test('the lag is the age of the oldest event that an older transaction holds back', async () => {
  const { app, urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const scope = systemScope(tenant.id, 'test')
  const writer = new Writer(urls.app, tenant.id)
  await writer.connect()
  onTestFinished(() => writer.end())
  await writer.begin()
  await writer.write('held')
  const hourAgo = { now: () => new Date(Date.now() - 3_600_000) }
  await withScope(app, scope, (scoped) =>
    emit(scoped, hourAgo, { kind: 'session.ended', subject: 'waiting', detail: {} }),
  )
  expect(await withScope(app, scope, eventLag)).toBeGreaterThan(3_000)
  await writer.close('commit')
  expect(await withScope(app, scope, eventLag)).toBe(0)
})

test('a position survives being written as text, and other text is none', () => {
  fc.assert(
    fc.property(fc.nat(999_999_999), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(), (epoch, xid, id) => {
      const position = { epoch, xid: String(xid), id }
      expect(readPosition(writePosition(position))).toEqual(position)
    }),
  )
  for (const text of ['', '1.2', '1.2.3.4', '1.-2.3', '1.2.x', ' 1.2.3']) expect(readPosition(text)).toBeUndefined()
})

test('a stream tells each event as it happens, and goes on where an earlier one ended', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const { people } = await server.addTenant('plant')
  const invite = (login: string) =>
    call(people.admin, contract.inviteUser, { body: { login, name: 'N', roles: ['viewer'] } })
  const first = await readStream(server.base, people.auditor.headers, {}, 1, () => invite('one'))
  expect(first).toMatchObject([{ data: { kind: 'user.invited', detail: { login: 'one' } } }])
  await invite('two')
  await invite('three')
  const resumed = await readStream(server.base, people.auditor.headers, { 'last-event-id': first[0]?.id ?? '' }, 2)
  expect(resumed.map(({ data }) => (data as { detail: { login: string } }).detail.login)).toEqual(['two', 'three'])
})

/** Reads this many messages of the stream, after doing something once it is open. */
async function readStream(
  base: string,
  headers: Readonly<Record<string, string>>,
  more: Record<string, string>,
  count: number,
  once?: () => Promise<unknown>,
) {
  const gone = new AbortController()
  const response = await fetch(new URL('/api/v1/events/stream', base), {
    headers: { ...headers, ...more },
    signal: gone.signal,
  })
  const messages: { id: string; data: unknown }[] = []
  let text = ''
  let opened = false
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8')
    if (!opened) {
      opened = true
      await once?.()
    }
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, id, data] = /^id: (.+)\ndata: (.+)$/.exec(text.slice(0, end)) ?? []
      if (id !== undefined && data !== undefined) messages.push({ id, data: JSON.parse(data) })
      text = text.slice(end + 2)
    }
    if (messages.length >= count) break
  }
  gone.abort()
  return messages
}
