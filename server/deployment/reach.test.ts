import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { devicesOf, holds, sizeOf, writeAudience } from './audience.ts'
import { everyone, placeOf, reachesOf, saltOf, sharesOf, waveOf } from './reach.ts'

const pace = { soakSeconds: 0, minimumSample: 1 }
const stratified = (perStratum: number) => ({ pick: 'stratified', perStratum, ...pace }) as const
const hashed = (percent: number) => ({ pick: 'hashed', percent, ...pace }) as const

const growing = (max: number) =>
  fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength: 5 }).map((sizes) => sizes.toSorted((a, b) => a - b))
const waves = fc
  .tuple(growing(40), growing(100))
  .map(([counts, shares]) => [...counts.map(stratified), ...shares.map(hashed)])
  .filter(({ length }) => length > 0)
const places = fc.array(fc.integer({ min: 0, max: everyone - 1 }), { maxLength: 60 })

test('no wave reaches less far than the one before, and each device belongs to one wave at most', () => {
  fc.assert(
    fc.property(places, waves, (given, plan) => {
      const reaches = reachesOf(given, plan)
      expect(reaches).toEqual(reaches.toSorted((a, b) => a - b))
      const shares = sharesOf(given, plan)
      const within = given.filter((place) => place < (reaches.at(-1) ?? 0))
      expect(shares.reduce((sum, { devices }) => sum + devices, 0)).toBe(within.length)
    }),
  )
})

test('a stratified wave holds as many devices of each revision as it names, or all where there are fewer', () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 80 }), (given, count) => {
      const [reach = 0] = reachesOf(given, [stratified(count)])
      const held = given.filter((place) => place < reach).length
      expect(held).toBeGreaterThanOrEqual(Math.min(count, given.length))
      if (new Set(given).size === given.length && count < given.length) expect(held).toBe(count)
    }),
  )
})

test('a share of a hundred percent holds every place there is', () => {
  expect(reachesOf([0, everyone - 1], [hashed(50), hashed(100)])).toEqual([2 ** 31, everyone])
  expect(waveOf(everyone - 1, [2 ** 31, everyone])).toBe(2)
  expect(waveOf(everyone - 1, [2 ** 31])).toBeUndefined()
})

test('the order is recomputed from the plan’s id and the device’s UUID alone', () => {
  const plan = '0199c0de-0000-7000-8000-000000000001'
  const device = '0199c0de-0000-7000-8000-0000000000ff'
  const salt = createHash('sha256').update(plan, 'ascii').digest().subarray(0, 16)
  expect(saltOf(plan)).toEqual(salt)
  const bytes = Buffer.from('0199c0de0000700080000000000000ff', 'hex')
  const expected = createHash('sha256')
    .update(Buffer.concat([salt, bytes]))
    .digest()
    .readUInt32BE(0)
  expect(placeOf(salt, device)).toBe(expected)
})

test('an audience holds exactly its devices, whatever their order and number', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { maxLength: 50 }),
      fc.integer({ min: 1, max: 60 }),
      (ids, other) => {
        const audience = writeAudience(ids)
        expect(devicesOf(audience)).toEqual([...new Set(ids)].sort((a, b) => a - b))
        expect(sizeOf(audience)).toBe(new Set(ids).size)
        for (const id of ids) expect(holds(audience, id)).toBe(true)
        expect(holds(audience, other)).toBe(ids.includes(other))
        expect(writeAudience(ids.toReversed())).toEqual(audience)
      },
    ),
  )
})
