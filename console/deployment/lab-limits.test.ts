import { describe, expect, test } from 'vitest'
import type { Wave } from './kinds.ts'
import { limitsOf, newestEnded } from './lab-limits.ts'

type Run = NonNullable<ReturnType<typeof newestEnded>>
const run = (id: string, state: Run['state']) => ({ id, state }) as Run

test('the newest test that has ended counts, also when it failed after one that passed', () => {
  expect(newestEnded([run('c', 'running'), run('b', 'failed'), run('a', 'passed')])?.id).toBe('b')
  expect(newestEnded([run('a', 'running')])).toBeUndefined()
})

describe('the limits of the lab', () => {
  const strata = [{ manufacturer: 'Acme', model: 'M1', hardwareRevision: 'A', devices: 3 }] as Wave['strata']
  const cell = (hardwareRevision: string) => ({ model: 'Acme M1', hardwareRevision, bootloader: '1.4' })
  const limits = (state: Run['state'], uncovered?: ReturnType<typeof cell>[]) =>
    limitsOf(state, uncovered ? { uncovered, envelope: '' } : null, [{ strata }])

  test('without a verdict are not known', () => {
    expect(limits('passed')).toEqual({ says: 'The lab has given no verdict on this release.', cells: [] })
  })

  test('after a failed test are everything', () => {
    expect(limits('failed', [cell('A')])).toMatchObject({ says: expect.stringMatching(/no rig vouches/), cells: [] })
  })

  test('name the kinds of the revisions that the rollout reaches, and no device', () => {
    const { says, cells } = limits('passed', [cell('A'), cell('B')])
    expect(cells).toEqual([cell('A')])
    expect(says).toMatch(/^No rig stood for these kinds of the rollout’s revisions/)
  })

  test('are none that the verdict names', () => {
    expect(limits('passed', [cell('B')])).toMatchObject({ says: expect.stringMatching(/names no kind/), cells: [] })
  })
})
