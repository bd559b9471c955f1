import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfDay } from './clock.ts'
import { decide, type Facts, type Inputs } from './decide.ts'
import { decidedBy, outcomes, type Point, pointNames, points, table, urgency, type Values } from './table.ts'

const dayMs = 24 * 3_600_000
const at = (day: number, hours = 12) => new Date(table.pinned.getTime() + day * dayMs + hours * 3_600_000).toISOString()
const endOf = (day: number) => new Date(table.pinned.getTime() + (day + 1) * dayMs - 1)

const values = fc.record({
  publiclyExposed: fc.constantFrom(...points.publiclyExposed),
  inKev: fc.constantFrom(...points.inKev),
  automatable: fc.constantFrom(...points.automatable),
  technicalImpact: fc.constantFrom(...points.technicalImpact),
})
const days = fc.integer({ min: -100, max: 200 })
const known = fc.record({ publiclyExposed: days, inKev: days, automatable: days, technicalImpact: days })

const factsOf = (which: Values, when: Readonly<Record<Point, number>>, missing: readonly Point[] = []): Facts =>
  Object.fromEntries(
    pointNames
      .filter((point) => !missing.includes(point))
      .map((point) => [point, { value: which[point], source: 'test', knownAt: at(when[point]) }]),
  )

const never = { publiclyExposed: -100, inKev: -100, automatable: -100, technicalImpact: -100 }
const mild: Values = { publiclyExposed: 'no', inKev: 'no', automatable: 'no', technicalImpact: 'partial' }
const inputsOf = (which: Values, more: Partial<Inputs> = {}): Inputs => ({
  facts: factsOf(which, never),
  verdict: 'affected',
  matchedAt: at(0),
  knowledgeAt: at(0),
  ...more,
})

/** The inputs of the next decision about the same match. */
const again = (before: Inputs, facts: Facts, knowledgeAt: string): Inputs => {
  const { values: then, clock } = decide(before)
  const due = clock.due?.toISOString() ?? null
  return {
    ...before,
    facts,
    knowledgeAt,
    previous: { values: then, outcome: clock.outcome, days: clock.days, start: clock.start.toISOString(), due },
  }
}

const isWorse = (a: Values, b: Values) =>
  pointNames.every(
    (point) =>
      (points[point] as readonly string[]).indexOf(a[point]) <= (points[point] as readonly string[]).indexOf(b[point]),
  )
const worstOf = (a: Values, b: Values): Values =>
  Object.fromEntries(
    pointNames.map((point) => {
      const order = points[point] as readonly string[]
      return [point, order[Math.max(order.indexOf(a[point]), order.indexOf(b[point]))]]
    }),
  ) as unknown as Values
const dueOf = (inputs: Inputs) => decide(inputs).clock.due?.getTime() ?? Number.POSITIVE_INFINITY

describe('the table of BOD 26-04', () => {
  test('has each of the sixteen combinations once, and says what CERT/CC published', () => {
    const all = fc.sample(values, 2_000).map((each) => decidedBy(each).row)
    expect([...new Set(all)].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, row) => row + 1))
    const told = (inKev: 'yes' | 'no', publiclyExposed: 'yes' | 'no', automatable: 'yes' | 'no') =>
      (['partial', 'total'] as const).map(
        (technicalImpact) => decidedBy({ inKev, publiclyExposed, automatable, technicalImpact }).outcome.key,
      )
    expect(told('no', 'no', 'no')).toEqual(['FSU', 'FSU'])
    expect(told('no', 'no', 'yes')).toEqual(['60D', '60D'])
    expect(told('no', 'yes', 'no')).toEqual(['60D', '14D'])
    expect(told('no', 'yes', 'yes')).toEqual(['14D', '3D'])
    expect(told('yes', 'no', 'no')).toEqual(['14D', '14D'])
    expect(told('yes', 'no', 'yes')).toEqual(['14D', '3DF'])
    expect(told('yes', 'yes', 'no')).toEqual(['14D', '3DF'])
    expect(told('yes', 'yes', 'yes')).toEqual(['3D', '3DF'])
  })

  const original = new URL('../../../../shared/data/ssvc/cisa_bod_26_04_1_0_0.json', import.meta.url)
  test.skipIf(!existsSync(original))('was made from the bytes whose digest it names', () => {
    expect(createHash('sha256').update(readFileSync(original)).digest('hex')).toBe(table.source.sha256)
  })

  test('is never milder for a worse fact', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const worse = worstOf(one, other)
        expect(isWorse(one, worse)).toBe(true)
        expect(urgency(decidedBy(worse).outcome.key)).toBeGreaterThanOrEqual(urgency(decidedBy(one).outcome.key))
      }),
    )
  })
})

describe('a decision', () => {
  test('counts what nobody knows as the worst, and says what is missing', () => {
    fc.assert(
      fc.property(values, fc.subarray([...pointNames]), (which, missing) => {
        const decision = decide(inputsOf(which, { facts: factsOf(which, never, missing) }))
        expect(decision.insufficient).toEqual(pointNames.filter((point) => missing.includes(point)))
        expect(urgency(decision.outcome.key)).toBeGreaterThanOrEqual(urgency(decidedBy(which).outcome.key))
      }),
    )
    expect(decide(inputsOf(mild, { facts: {} })).outcome.key).toBe('3DF')
    expect(decide(inputsOf(mild, { verdict: 'unknown' })).insufficient).toEqual(['verdict'])
  })

  test('has a deadline at the end of the day, UTC, and none when the next upgrade is early enough', () => {
    expect(endOfDay(new Date('2026-03-01T00:00:00.000Z'), 3)).toEqual(new Date('2026-03-04T23:59:59.999Z'))
    expect(endOfDay(new Date('2026-03-01T23:59:59.999Z'), 3)).toEqual(new Date('2026-03-04T23:59:59.999Z'))
    expect(decide(inputsOf({ ...mild, inKev: 'yes' })).clock).toMatchObject({ start: new Date(at(0)), due: endOf(14) })
    expect(decide(inputsOf(mild)).clock).toMatchObject({ days: null, due: null })
  })

  test('about an old listing is not overdue on the day of the match, and none begins before the table was pinned', () => {
    const old = { ...mild, inKev: 'yes' } as const
    expect(decide(inputsOf(old, { matchedAt: at(300) })).clock.due).toEqual(endOf(314))
    expect(decide(inputsOf(old, { matchedAt: at(-300) })).clock.start).toEqual(table.pinned)
  })

  test('that becomes stricter gets a clock from when the fact became known, and never a later deadline', () => {
    const first = inputsOf({ ...mild, automatable: 'yes' })
    expect(decide(first).clock.due).toEqual(endOf(60))
    const listed = (day: number) =>
      again(first, factsOf({ ...mild, automatable: 'yes', inKev: 'yes' }, { ...never, inKev: day }), at(day))
    expect(decide(listed(10)).clock).toMatchObject({ outcome: '14D', start: new Date(at(10)), due: endOf(24) })
    expect(decide(listed(58)).clock).toMatchObject({ outcome: '14D', due: endOf(60) })
  })

  test('that comes out the same does not move its clock, and a milder one keeps its beginning', () => {
    const first = inputsOf({ ...mild, inKev: 'yes' })
    const same = again(
      first,
      factsOf({ ...mild, inKev: 'yes', technicalImpact: 'total' }, { ...never, technicalImpact: 50 }),
      at(50),
    )
    expect(decide(same).clock).toEqual(decide(first).clock)
    const milder = again(first, factsOf({ ...mild, publiclyExposed: 'yes' }, never), at(50))
    expect(decide(milder).clock).toMatchObject({ outcome: '60D', start: new Date(at(0)), due: endOf(60) })
  })

  test('is never due later for a worse fact, whenever each became known', () => {
    fc.assert(
      fc.property(values, values, known, days, (one, other, when, matched) => {
        const inputs = (which: Values): Inputs =>
          inputsOf(which, { facts: factsOf(which, when), matchedAt: at(matched) })
        expect(dueOf(inputs(worstOf(one, other)))).toBeLessThanOrEqual(dueOf(inputs(one)))
      }),
      { numRuns: 2_000 },
    )
  })

  test('made again is due later only if it became milder, earlier only if it became stricter', () => {
    fc.assert(
      fc.property(values, values, known, known, (one, other, then, now) => {
        const first = inputsOf(one, { facts: factsOf(one, then) })
        const second = again(first, factsOf(other, now), at(200))
        const change = urgency(decide(second).outcome.key) - urgency(decide(first).outcome.key)
        const later = dueOf(second) - dueOf(first)
        if (change === 0) expect(decide(second).clock).toEqual(decide(first).clock)
        if (change > 0) expect(later > 0).toBe(false)
        if (change < 0) expect(later < 0).toBe(false)
        expect(decide(second).clock.outcome).toBe(decide(second).outcome.key)
      }),
      { numRuns: 2_000 },
    )
  })

  test('made again from what was stored is the one that was stored', () => {
    fc.assert(
      fc.property(values, values, known, known, fc.subarray([...pointNames]), (one, other, then, now, missing) => {
        const first = inputsOf(one, { facts: factsOf(one, then, missing) })
        for (const inputs of [first, again(first, factsOf(other, now), at(90))])
          expect(decide(JSON.parse(JSON.stringify(inputs)))).toEqual(decide(inputs))
      }),
    )
  })

  test('has one of the outcomes of the table', () => {
    expect(outcomes.map(({ key, days: within }) => [key, within])).toEqual([
      ['FSU', null],
      ['60D', 60],
      ['14D', 14],
      ['3D', 3],
      ['3DF', 3],
    ])
  })
})
