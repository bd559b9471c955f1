import { expect, test } from 'vitest'
import { planOf, targets } from './plan.ts'

const seeds = Array.from({ length: 200 }, (_, seed) => seed)

test('the same seed gives the same kills, and another one gives others', () => {
  expect(planOf(7, 10, 12_000)).toEqual(planOf(7, 10, 12_000))
  expect(planOf(7, 10, 12_000)).not.toEqual(planOf(8, 10, 12_000))
})

test('ten kills hit everything singly and together, whatever the seed', () => {
  for (const seed of seeds) {
    const kinds = planOf(seed, 10, 12_000).map((kill) => [...kill.targets].sort().join(' '))
    expect(kinds).toHaveLength(10)
    for (const alone of targets) expect(kinds).toContain(alone)
    expect(kinds).toContain('postgres server signer')
    expect(new Set(kinds).size).toBe(8)
  }
})

test('ten kills fall at each moment that was ever found to matter, on whom it matters for', () => {
  for (const seed of seeds) {
    const plan = planOf(seed, 10, 12_000)
    const at = Map.groupBy(plan, ({ moment }) => moment)
    for (const moment of ['claim', 'word', 'task', 'upload', 'signature'] as const) expect(at.has(moment)).toBe(true)
    for (const { targets: killed } of at.get('signature') ?? []) expect(killed).toContain('signer')
    for (const { targets: killed } of at.get('word') ?? []) expect(killed.some((each) => each !== 'signer')).toBe(true)
  }
})

test('once in a run the server stays away for longer than a device may be silent', () => {
  for (const seed of seeds) {
    const long = planOf(seed, 10, 12_000).filter(({ downMs }) => downMs === 12_000)
    expect(long).toHaveLength(1)
    expect(long[0]?.targets).toContain('server')
  }
})
