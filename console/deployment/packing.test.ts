import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellAt, moved, pack, placeOf } from './packing.ts'

const count = fc.integer({ min: 1, max: 12_000 })
const width = fc.integer({ min: 16, max: 1600 })
const height = fc.integer({ min: 16, max: 900 })

test('the cells fit: beside each other always, and into the height unless even the smallest cells do not', () => {
  fc.assert(
    fc.property(count, width, height, (count, width, height) => {
      const packing = pack(count, width, height)
      expect(packing.pitch).toBeGreaterThanOrEqual(4)
      expect(packing.pitch).toBeLessThanOrEqual(16)
      expect(packing.perRow * packing.pitch).toBeLessThanOrEqual(width)
      if (packing.pitch > 4) expect(packing.height).toBeLessThanOrEqual(height)
      const last = placeOf(packing, count - 1)
      expect(last.y + packing.pitch).toBe(packing.height)
      expect(packing.edge).toBeLessThan(packing.pitch)
    }),
  )
})

test('the cells are as large as they can be', () => {
  fc.assert(
    fc.property(count, width, height, (count, width, height) => {
      const { pitch } = pack(count, width, height)
      if (pitch === 16) return
      const larger = pitch + 0.5
      expect(Math.ceil(count / Math.floor(width / larger)) * larger).toBeGreaterThan(height)
    }),
  )
})

test('no two cells lie on each other: the middle of each is its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), width, height, (count, width, height) => {
      const packing = pack(count, width, height)
      for (let at = 0; at < count; at++) {
        const { x, y } = placeOf(packing, at)
        expect(cellAt(packing, x + packing.pitch / 2, y + packing.pitch / 2)).toBe(at)
      }
    }),
  )
})

test('ten thousand cells fit 780 × 480', () => {
  const packing = pack(10_000, 780, 480)
  expect(packing.pitch).toBeGreaterThan(4)
  expect(packing.height).toBeLessThanOrEqual(480)
})

test('beside the cells there is none', () => {
  const packing = pack(5, 50, 100)
  expect(packing.perRow).toBe(3)
  expect(cellAt(packing, 49, 2)).toBeUndefined()
  expect(cellAt(packing, 40, 20)).toBeUndefined()
  expect(cellAt(packing, -1, 2)).toBeUndefined()
})

test('arrow keys go to the neighbour and stop at the ends', () => {
  const packing = pack(5, 50, 100)
  expect(moved(packing, 0, 'right')).toBe(1)
  expect(moved(packing, 0, 'down')).toBe(3)
  expect(moved(packing, 4, 'up')).toBe(1)
  expect(moved(packing, 4, 'right')).toBe(4)
  expect(moved(packing, 0, 'left')).toBe(0)
  expect(moved(packing, 2, 'last')).toBe(4)
  expect(moved(packing, 2, 'first')).toBe(0)
  expect(moved(pack(0, 50, 100), 0, 'right')).toBeUndefined()
})
