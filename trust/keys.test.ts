import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { approve, isApprovedBy } from './approval.ts'
import { sha256 } from './digest.ts'
import { newSigningKey, publicHalf, publicPem, readPublicKey, readSigningKey, signingPem } from './keys.ts'

const key = newSigningKey()

test('a key has the same name in every form', () => {
  const { key: held, keyId } = publicHalf(key)
  expect(readPublicKey(publicPem(publicHalf(key))).keyId).toBe(keyId)
  expect(readPublicKey(JSON.stringify(held.export({ format: 'jwk' }))).keyId).toBe(keyId)
  expect(readSigningKey(signingPem(key)).keyId).toBe(keyId)
  expect(keyId).toBe(sha256(held.export({ type: 'spki', format: 'der' })))
})

test('a private key does not pass for a public one, nor another algorithm for Ed25519', () => {
  const malformed = expect.objectContaining({ code: 'key/malformed' })
  expect(() => readPublicKey(signingPem(key))).toThrow(malformed)
  expect(() => readPublicKey(JSON.stringify(key.key.export({ format: 'jwk' })))).toThrow(malformed)
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
  expect(() => readPublicKey(rsa.toString())).toThrow(expect.objectContaining({ code: 'key/not-ed25519' }))
})

test.each([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `01${'00'.repeat(30)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  `ec${'ff'.repeat(30)}7f`,
])('the point of small order %s is no key', (point) => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(point, 'hex').toString('base64url') }
  expect(() => readPublicKey(JSON.stringify(jwk))).toThrow(expect.objectContaining({ code: 'key/small-order' }))
})

test('an approval holds for one digest and one key', () => {
  const other = newSigningKey()
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (bytes, different) => {
      fc.pre(Buffer.compare(bytes, different) !== 0)
      const approval = approve(sha256(bytes), key)
      expect(isApprovedBy(approval, sha256(bytes), publicHalf(key))).toBe(true)
      expect(isApprovedBy(approval, sha256(different), publicHalf(key))).toBe(false)
      expect(isApprovedBy({ ...approval, keyId: other.keyId }, sha256(bytes), publicHalf(other))).toBe(false)
    }),
    { numRuns: 50 },
  )
})
