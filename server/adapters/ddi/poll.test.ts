import { expect, test } from 'vitest'
import { apart } from './poll.ts'

test('a stranger with another secret is put into another group than the device of that name', () => {
  const claimants = [1, 2, 1, 3, 2].map((secret, at) => ({
    tenant: 1 as never,
    controllerId: at < 4 ? 'a' : 'b',
    hash: Buffer.from([secret]),
  }))
  for (const group of apart(claimants))
    expect(new Set(group.map(({ controllerId }) => controllerId)).size).toBe(group.length)
  expect(apart(claimants).flat()).toHaveLength(4)
})
