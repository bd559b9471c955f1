import { finalJobStates, jobStates } from '@suture/contract/states.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clustersOf, hasFailed } from './clusters.ts'
import type { Job } from './kinds.ts'

const anyJob = fc
  .record({
    id: fc.uuid(),
    state: fc.constantFrom(...jobStates),
    class: fc.constantFrom('no-word', 'old-version', null),
    manufacturer: fc.constantFrom('a', 'b'),
    model: fc.constantFrom('x', 'y'),
    hardwareRevision: fc.constantFrom('A', 'B'),
  })
  .map((job) => job as Job)

test('every failure is in exactly one group, with those of its cause and revision, the largest group first', () => {
  fc.assert(
    fc.property(fc.array(anyJob, { maxLength: 60 }), (jobs) => {
      const clusters = clustersOf(jobs)
      expect(new Set(clusters.flatMap((each) => each.jobs))).toEqual(new Set(jobs.filter(hasFailed)))
      expect(clusters.flatMap((each) => each.jobs)).toHaveLength(jobs.filter(hasFailed).length)
      for (const { jobs: members, class: reason, model, hardwareRevision } of clusters)
        for (const each of members) expect(each).toMatchObject({ class: reason, model, hardwareRevision })
      expect(new Set(clusters.map(({ key }) => key)).size).toBe(clusters.length)
      const sizes = clusters.map((each) => each.jobs.length)
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    }),
  )
})

test('what was verified or called back is no failure, and what is under way is none yet', () => {
  expect(finalJobStates.filter((state) => !hasFailed({ state }))).toEqual(['verified', 'cancelled', 'superseded'])
  expect(hasFailed({ state: 'installing' })).toBe(false)
})
