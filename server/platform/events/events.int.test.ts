import * as contract from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { openStream } from '@suture/testing/stream.ts'
import { startTestServer } from '@suture/testing/world.ts'
import { Writer } from '@suture/testing/writer.ts'
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { type Scoped, systemScope, withScope } from '#platform/database/store.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { currentMoment, type EventRow, emit, eventLag, eventsAfter } from './event.queries.ts'
import { watchEventLag } from './lag.ts'
import { isSince, momentOf, type Position, readPosition, writePosition } from './position.ts'

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

type Reader = (scoped: Scoped, after: Position, limit: number) => Promise<EventRow[]>

/** Two transactions that become visible in another order than they began, with a reader in between. */
const overlapping: Step[] = [
  { writer: 0, act: 'begin' },
  { writer: 0, act: 'write' },
  { writer: 1, act: 'begin' },
  { writer: 1, act: 'write' },
  { writer: 1, act: 'commit' },
  { act: 'read' },
  { writer: 0, act: 'commit' },
]

/** Fails when a reader that goes on from its last position loses or repeats an event. */
async function everyEventOnce(reader: Reader): Promise<void> {
  const { app, urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const all = Array.from({ length: writers }, () => new Writer(urls.app, tenant.id))
  await Promise.all(all.map((writer) => writer.connect()))
  onTestFinished(() => Promise.all(all.map((writer) => writer.end())).then(() => undefined))
  const scope = systemScope(tenant.id, 'test')
  let serial = 0

  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
    let position: Position = (await withScope(app, scope, currentMoment)).from
    const got: string[] = []
    const committed: string[] = []
    const read = async () => {
      // Small batches, so that a batch's end falls inside a transaction's events as well.
      for (;;) {
        const rows = await withScope(app, scope, (scoped) => reader(scoped, position, 2))
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
    // The last to begin, so that whoever has it has everything. Transactions in other tests' databases, which share
    // the cluster, may hold it back for a while.
    const last = `last ${serial++}`
    await (all[0] as Writer).one(last)
    await expect.poll(() => read().then(() => got.at(-1))).toBe(last)
    expect(got.toSorted()).toEqual([...committed, last].toSorted())
  })
  await fc.assert(property, { numRuns: 60, examples: [[overlapping]], endOnFailure: true })
}

test('a reader that goes on from its last position gets every committed event once, however transactions overlap', () =>
  everyEventOnce(eventsAfter))

test('the same check turns red when a reader does not wait for older transactions', async () => {
  const impatient: Reader = ({ db }, { epoch, xid, id }, limit) =>
    db
      .selectFrom('platform_event as e')
      .selectAll()
      .where(sql<boolean>`(e.epoch, e.xid, e.id) > (${epoch}::int, ${xid}::xid8, ${id}::bigint)`)
      .orderBy('e.epoch')
      .orderBy('e.xid')
      .orderBy('e.id')
      .limit(limit)
      .execute()
  await expect(everyEventOnce(impatient)).rejects.toThrow('Property failed')
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
  const subjects = () =>
    withScope(app, scope, (scoped) => eventsAfter(scoped, before, 9)).then((rows) => rows.map(({ subject }) => subject))
  await expect.poll(subjects).toEqual(['after'])
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
  await expect.poll(() => withScope(app, scope, eventLag)).toBe(0)
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

test('a moment tells what a snapshot holds: what ran then or began later is news, and what was over is not', () => {
  const moment = momentOf(2, '10:14:10,12')
  const news = (epoch: number, xid: string) => isSince({ epoch, xid, id: 1 }, moment)
  expect(['9', '10', '11', '12', '13', '14', '99'].filter((xid) => news(2, xid))).toEqual(['10', '12', '14', '99'])
  expect([news(1, '99'), news(3, '1')]).toEqual([false, true])
  expect(isSince({ epoch: 1, xid: '14', id: 1 }, momentOf(1, '14:14:'))).toBe(true)
  expect(isSince({ epoch: 1, xid: '13', id: 1 }, momentOf(1, '14:14:'))).toBe(false)
})

test('a stream tells each event as it happens, and goes on where an earlier one ended', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const { people } = await server.addTenant('plant')
  const invite = (login: string) =>
    call(people.admin, contract.inviteUser, { body: { login, name: 'N', roles: ['viewer'] } })
  const first = await openStream(people.auditor)
  await invite('one')
  await expect.poll(() => first.messages.length).toBe(1)
  expect(first.messages).toMatchObject([{ data: { kind: 'user.invited', detail: { login: 'one' } } }])
  first.close()
  await invite('two')
  await invite('three')
  const resumed = await openStream(people.auditor, first.messages[0]?.id)
  onTestFinished(() => resumed.close())
  await expect.poll(() => resumed.messages.map(({ data }) => data.detail.login)).toEqual(['two', 'three'])
})

test('the metric of the lag is kept up to date by itself', async () => {
  const { app, urls } = await databaseForThisTest()
  const tenant = await ensureTenant(urls.owner, systemClock, 'plant')
  const metrics = createMetrics()
  const shown = async () => Number((await metrics.eventLag.get()).values[0]?.value)
  const log = createLog('silent')
  const watch = watchEventLag({ store: app, log, metrics, tenants: async () => [tenant] }, 20)
  onTestFinished(() => watch.stop())
  const writer = new Writer(urls.app, tenant.id)
  await writer.connect()
  onTestFinished(() => writer.end())
  await writer.begin()
  await writer.write('held')
  const scope = systemScope(tenant.id, 'test')
  await withScope(app, scope, (scoped) =>
    emit(scoped, systemClock, { kind: 'session.ended', subject: 'waiting', detail: {} }),
  )
  await expect.poll(shown).toBeGreaterThan(0)
  await writer.close('commit')
  await expect.poll(shown).toBe(0)
})
