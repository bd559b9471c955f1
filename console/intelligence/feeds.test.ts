import { expect, test } from 'vitest'
import { factsAsOf } from './feeds.ts'

const document = (name: string, day: string, inForce = 1) => ({
  source: { name, url: '', licence: '' },
  retrievedAt: new Date(`${day}T00:00:00Z`),
  inForce,
})

test('facts are as old as the oldest source, whatever was imported last', () => {
  const told = factsAsOf([document('small', '2026-11-24'), document('main', '2026-08-07')])
  expect(told).toEqual({ source: 'main', at: new Date('2026-08-07T00:00:00Z') })
})

test('of one source the newest counts, and what nothing of is in force counts for nothing', () => {
  expect(factsAsOf([document('main', '2026-08-07'), document('main', '2026-11-20')])?.at).toEqual(
    new Date('2026-11-20T00:00:00Z'),
  )
  expect(factsAsOf([document('main', '2026-08-07', 0)])).toBeNull()
  expect(factsAsOf([])).toBeNull()
})
