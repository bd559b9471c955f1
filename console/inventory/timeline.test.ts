import { describe, expect, test } from 'vitest'
import {
  extentOf,
  type Finding,
  isWithin,
  type Job,
  type Moment,
  momentsOf,
  ticksOf,
  usualStretch,
} from './timeline.ts'

const now = new Date('2026-11-27T03:00:00Z')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const fact = (name: string, value: string, source: string, at: Date) => ({
  ...{ name, value, source, at, effective: true },
  assurance: 'claimed' as const,
})
const bill = (from: Date, to: Date | null, assurance: 'claimed' | 'observed') => ({
  ...{ bill: 'e6ff4243b8c6fd1ecab1d11c2b2d2433', from, to, assurance },
  evidence: { source: 'reading', ref: 'r-1' },
})
const device = {
  facts: [fact('firmware', '12.36', 'import', ago(50)), fact('hardwareRevision', 'B', 'import', ago(50))],
  bills: [bill(ago(5), null, 'observed'), bill(ago(50), ago(5), 'claimed')],
}
const job = {
  ...{ state: 'verified', class: 'as-wanted', versionBefore: '12.36', versionWanted: '12.38', wave: 1 },
  ...{ offeredAt: ago(20), endedAt: ago(5) },
} as Job
const due = (id: string, dueAt: Date | null) => ({ vulnerability: id, dueAt, outcome: '3D' }) as Finding

describe('the timeline of a device', () => {
  const moments = momentsOf(device, [job], [due('CVE-1', ago(-60)), due('CVE-2', ago(-60)), due('CVE-3', null)], now)

  test('tells what happened and what is due, the latest first, and what was said at once as one', () => {
    expect(moments.map(({ lane }) => lane)).toEqual(['Deadlines', 'Bills', 'Jobs', 'Facts', 'Bills'])
    expect(moments.map(({ says }) => says)).toEqual([
      '2 findings are due: fix within 3 days',
      'Bill e6ff4243b8c6, observed by us',
      'Update from 12.36 to 12.38: verified',
      'An operator’s list said 2 things of it',
      'Bill e6ff4243b8c6, claimed: nobody has read it back',
    ])
    expect(moments[3]?.more).toBe('firmware 12.36, hardware revision B; claimed.')
  })

  test('shows the shortest stretch that holds all that has happened', () => {
    expect(usualStretch(moments, now)).toBe('hour')
    expect(usualStretch([{ at: ago(61) } as Moment], now)).toBe('day')
    expect(usualStretch([{ at: ago(60 * 24 * 400) } as Moment], now)).toBe('life')
    expect(usualStretch([], now)).toBe('hour')
  })

  test('says of what goes on that it is still there', () => {
    const hour = extentOf('hour', moments, now)
    expect(isWithin({ at: ago(500), until: null } as Moment, hour)).toBe(true)
    expect(isWithin({ at: ago(500), until: ago(400) } as Moment, hour)).toBe(false)
    expect(isWithin({ at: ago(500) } as Moment, hour)).toBe(false)
    expect(isWithin({ at: ago(-60) } as Moment, hour)).toBe(false)
    expect(moments.every((each) => isWithin(each, extentOf('life', moments, now)))).toBe(true)
  })

  test('has round times along its axis', () => {
    const ticks = ticksOf({ from: new Date('2026-11-26T21:10:00Z'), to: new Date('2026-11-27T05:00:00Z') })
    expect(ticks.map(({ says }) => says)).toEqual(['27 Nov', '03:00'])
    expect(ticksOf({ from: ago(60), to: ago(-40) }).length).toBeLessThanOrEqual(8)
  })
})
