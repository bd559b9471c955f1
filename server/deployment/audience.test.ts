import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds, holdsAt, writeAudience } from './audience.ts'

const positionIn = (audience: Buffer, device: number) => audience.indexOf(writeAudience([device])) + 1

test('the place of its bytes tells the same of a device as the audience itself, or nothing', () => {
  // Numbers whose bytes recur across the border between two others.
  const device = fc.constantFrom(1, 2, 256, 258, 512, 65_536, 65_537, 131_072, 2 ** 24, 2 ** 32, 2 ** 32 + 1)
  fc.assert(
    fc.property(fc.uniqueArray(device), device, (devices, asked) => {
      const audience = writeAudience(devices)
      const told = holdsAt(positionIn(audience, asked))
      expect(told ?? holds(audience, asked)).toBe(devices.includes(asked))
    }),
  )
})

test('a place that lies across two devices tells nothing', () => {
  const audience = writeAudience([2, 3])
  expect([holdsAt(positionIn(audience, 2)), holdsAt(positionIn(audience, 4))]).toEqual([true, false])
  expect(holdsAt(positionIn(audience, 512))).toBeUndefined()
})
