import { jobStates } from '@suture/contract/states.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf, drawable, lastOf, legendOf, ranks, sizeOf, stateAt, worstFirst } from './cells.ts'
import type { Job } from './kinds.ts'

const anyJob = fc
  .record({
    id: fc.uuid(),
    wave: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom(...jobStates),
    deviceName: fc.constantFrom('dev-1', 'dev-01', 'dev-2', 'dev-10', ''),
  })
  .map((job) => job as Job)
const anyJobs = fc.uniqueArray(anyJob, { selector: ({ id }) => id, maxLength: 60 })
const job = (deviceName: string, state: Job['state'], wave = 1) => ({ id: deviceName, deviceName, state, wave }) as Job
const wave = (no: number, devices: number, offered: number) => ({ no, devices, offered })

test('a device that was tried again is one cell, and shows its last try', () => {
  const tries = [2, 3, 1].map((attempt) => ({ id: `${attempt}`, device: 'd', attempt }) as Job)
  const other = { id: 'o', device: 'e', attempt: 1 } as Job
  expect(lastOf([...tries, other])).toEqual([tries[1], other])
})

test('worst first is a total order: two jobs never tie, and three never go round', () => {
  fc.assert(
    fc.property(anyJobs, (jobs) => {
      for (const a of jobs)
        for (const b of jobs) {
          expect(Math.sign(worstFirst(a, b)) + Math.sign(worstFirst(b, a))).toBe(0)
          expect(worstFirst(a, b) === 0).toBe(a === b)
        }
      const sorted = jobs.toSorted(worstFirst)
      expect(jobs.toReversed().sort(worstFirst)).toEqual(sorted)
      for (const [at, a] of sorted.entries())
        for (const b of sorted.slice(at + 1)) expect(worstFirst(a, b)).toBeLessThan(0)
    }),
  )
})

test('failures come before what waits, moves, and was verified, and devices before their neighbours in number', () => {
  const jobs = [job('dev-10', 'failed'), job('a', 'verified'), job('b', 'installing'), job('dev-9', 'failed')]
  expect(jobs.sort(worstFirst).map(({ deviceName }) => deviceName)).toEqual(['dev-9', 'dev-10', 'b', 'a'])
  expect(new Set(Object.values(ranks)).size).toBe(Object.keys(ranks).length)
})

test('every job is drawn exactly once, in its own wave, and as many cells are drawn as the waves hold devices', () => {
  fc.assert(
    fc.property(anyJobs, fc.array(fc.nat(90), { minLength: 3, maxLength: 3 }), fc.boolean(), (jobs, extra, isWhole) => {
      const waves = extra.map((more, at) => {
        const mine = jobs.filter((each) => each.wave === at + 1).length
        return wave(at + 1, mine + more, mine + Math.floor(more / 2))
      })
      const drawn = drawable(cellsOf(waves, jobs, isWhole))
      expect(drawn.flatMap((each) => each.jobs.map(({ id }) => id)).sort()).toEqual(jobs.map(({ id }) => id).sort())
      for (const [at, cells] of drawn.entries()) {
        expect(cells.jobs.every((each) => each.wave === cells.no)).toBe(true)
        expect(sizeOf(cells)).toBe(waves[at]?.devices)
      }
      const legend = legendOf(drawn).reduce((sum, [, count]) => sum + count, 0)
      expect(legend).toBe(waves.reduce((sum, { devices }) => sum + devices, 0))
    }),
  )
})

test('what the counters know and nobody told us is shown as that, and not as failed or not offered', () => {
  const [cells] = cellsOf([wave(1, 5, 3)], [job('a', 'verified')], false)
  expect(cells).toMatchObject({ unseen: 2, notOffered: 2 })
  expect([0, 1, 2, 3, 4].map((at) => cells && stateAt(cells, at))).toEqual([
    'verified',
    'unseen',
    'unseen',
    'not-offered',
    'not-offered',
  ])
  expect(cellsOf([wave(1, 5, 3)], [job('a', 'verified')], true)[0]).toMatchObject({ unseen: 0, notOffered: 4 })
})

test('where there are more cells than are drawn, the ones without a job are left out', () => {
  const all = cellsOf([wave(1, 4, 1), wave(2, 50, 1)], [job('a', 'failed'), job('b', 'verified', 2)], true)
  expect(drawable(all, 7).map(sizeOf)).toEqual([4, 3])
  expect(drawable(all, 1).map(({ jobs }) => jobs.length)).toEqual([1, 1])
})
