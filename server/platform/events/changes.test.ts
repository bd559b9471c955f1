import { subjects } from '@suture/contract/changes.ts'
import { permissionNames } from '@suture/contract/permissions.ts'
import { expect, test } from 'vitest'
import { changesIn, subjectsOf } from './changes.ts'
import type { EventRow } from './event.queries.ts'

const everything = new Set(permissionNames)

const row = (kind: string, id: number) => ({ kind, epoch: 1, xid: '7', id }) as unknown as EventRow

test('an event changes what it is named after, and only for those who may see that', () => {
  expect(subjectsOf('job.ended', everything)).toEqual(['rollouts'])
  expect(subjectsOf('job.ended', new Set(['inventory:read']))).toEqual([])
  expect(subjectsOf('matches.changed', new Set(['intelligence:read']))).toEqual(['vulnerabilities'])
  expect(subjectsOf('nobody.knows', everything)).toEqual([])
  expect(Object.values(subjects).every(({ events }) => events.length > 0)).toBe(true)
})

test('what happens in one moment is told once, and the place to go on from is that of the last of it', async () => {
  const rows = (async function* () {
    for (let id = 1; id <= 500; id++) yield row(id % 2 === 0 ? 'job.ended' : 'device.drifted', id)
    yield row('session.opened', 501)
  })()
  let passed = () => undefined as unknown
  const told = changesIn(
    rows,
    new Set(['deployment:read', 'inventory:read']),
    () => new Promise((done) => (passed = () => done(1))),
  )
  const first = await told.next()
  expect(first.value).toEqual({ id: '1.7.501', data: { subjects: ['devices', 'rollouts'] } })
  expect((await told.next()).done).toBe(true)
  passed()
})

test('what changed between two tellings is in the second', async () => {
  let yieldMore = () => undefined as unknown
  const more = new Promise((done) => (yieldMore = () => done(1)))
  const rows = (async function* () {
    yield row('job.ended', 1)
    await more
    yield row('evidence.packed', 2)
  })()
  const told = changesIn(rows, everything, async () => undefined)
  expect((await told.next()).value).toEqual({ id: '1.7.1', data: { subjects: ['rollouts'] } })
  yieldMore()
  expect((await told.next()).value).toEqual({ id: '1.7.2', data: { subjects: ['evidence'] } })
})
