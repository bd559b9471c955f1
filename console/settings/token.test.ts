import { expect, test } from 'vitest'
import { standingOf } from './token.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 28, hour))

test('a token is valid until it is revoked or its time is over, and to be revoked is the stronger word', () => {
  expect(standingOf({ revokedAt: null, expiresAt: at(2) }, at(1))).toBe('valid')
  expect(standingOf({ revokedAt: null, expiresAt: at(2) }, at(2))).toBe('expired')
  expect(standingOf({ revokedAt: at(1), expiresAt: at(2) }, at(1))).toBe('revoked')
  expect(standingOf({ revokedAt: at(1), expiresAt: at(2) }, at(3))).toBe('revoked')
})
