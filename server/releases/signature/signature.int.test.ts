import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@suture/trust/digest.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyVendorSignature } from './signature.operations.ts'
import { mostSignedBytes } from './signature.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-signature-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const vendor = newSigningKey()
const other = newSigningKey()
const pem = (key: SigningKey) => publicPem(publicHalf(key))
const firmware = randomBytes(300_000)
const good = sign(null, firmware, vendor.key)

let serial = 0
function stored(bytes: Uint8Array) {
  const path = join(folder, `artifact${serial++}`)
  writeFileSync(path, bytes)
  return { path, sha256: sha256(bytes) }
}
const verified = (bytes: Uint8Array, signature: string, publicKeys: readonly string[] = [pem(vendor)]) =>
  verifyVendorSignature(stored(bytes), { signature, publicKeys })

test('a vendor’s signature convinces, and tells which of the vendor’s keys made it over which bytes', async () => {
  for (const text of [good.toString('base64'), good.toString('base64url')])
    expect(await verified(firmware, text, [pem(other), pem(vendor)])).toEqual({
      verified: true,
      profile: 'ed25519-over-bytes',
      keyId: vendor.keyId,
      sha256: sha256(firmware),
    })
  const empty = new Uint8Array()
  expect(await verified(empty, sign(null, empty, vendor.key).toString('base64'))).toMatchObject({ verified: true })
})

describe('a signature does not convince when', () => {
  const flipped = Buffer.from(firmware)
  flipped.writeUInt8(flipped.readUInt8(150_000) ^ 1, 150_000)
  const text = good.toString('base64')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
  const smallOrder = `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.alloc(32)]).toString('base64')}\n-----END PUBLIC KEY-----\n`
  const malleable = Buffer.from(good)
  // S + L is another text for the same signature, which RFC 8032 section 5.1.7 forbids to accept.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const high = BigInt(`0x${Buffer.from(good.subarray(32)).reverse().toString('hex')}`) + order
  Buffer.from(high.toString(16).padStart(64, '0'), 'hex').reverse().copy(malleable, 32)

  test.each<[string, Uint8Array, string, readonly string[], string]>([
    ['one bit of the artifact is another', flipped, text, [pem(vendor)], 'signature-wrong'],
    ['the artifact was cut short', firmware.subarray(0, -1), text, [pem(vendor)], 'signature-wrong'],
    ['it is another vendor’s', firmware, text, [pem(other)], 'signature-wrong'],
    ['there is no key', firmware, text, [], 'signature-wrong'],
    [
      'it is over the digest instead',
      firmware,
      sign(null, Buffer.from(sha256(firmware)), vendor.key).toString('base64'),
      [pem(vendor)],
      'signature-wrong',
    ],
    ['it was made another without its key', firmware, malleable.toString('base64'), [pem(vendor)], 'signature-wrong'],
    ['it was cut short', firmware, good.subarray(0, 63).toString('base64'), [pem(vendor)], 'signature-malformed'],
    [
      'it has a byte too many',
      firmware,
      Buffer.concat([good, Buffer.alloc(1)]).toString('base64'),
      [pem(vendor)],
      'signature-malformed',
    ],
    ['it is empty', firmware, '', [pem(vendor)], 'signature-malformed'],
    ['its text stands for no bytes', firmware, `${text} `, [pem(vendor)], 'signature-malformed'],
    ['a key is no key', firmware, text, [pem(vendor), 'no key'], 'key-malformed'],
    ['a key is of another kind', firmware, text, [String(rsa)], 'key-malformed'],
    ['a key is a point of small order', firmware, text, [smallOrder], 'key-malformed'],
  ])('%s', async (_when, bytes, signature, publicKeys, reason) => {
    expect(await verified(bytes, signature, publicKeys)).toEqual({ verified: false, reason })
  })

  test('the file holds other bytes than those that have its name', async () => {
    const { path } = stored(firmware)
    const claim = { signature: text, publicKeys: [pem(vendor)] }
    expect(await verifyVendorSignature({ path, sha256: sha256(flipped) }, claim)).toEqual({
      verified: false,
      reason: 'other-bytes',
    })
  })
})

test('an artifact larger than 512 MiB is refused before it is read, one of 256 MiB is verified in bounded memory', async () => {
  const path = join(folder, 'large')
  writeFileSync(path, '')
  truncateSync(path, mostSignedBytes + 1)
  const claim = { signature: good.toString('base64'), publicKeys: [pem(vendor)] }
  const artifact = { path, sha256: sha256(firmware) }
  await expect(verifyVendorSignature(artifact, claim)).rejects.toMatchObject({ code: 'input/too-large' })
  truncateSync(path, mostSignedBytes / 2)
  expect(await verifyVendorSignature(artifact, claim)).toEqual({ verified: false, reason: 'signature-wrong' })
})
