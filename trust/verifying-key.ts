import { readBase64 } from './base64.ts'
import { joined } from './bytes.ts'
import { type Asking, askSha256, type VerifyingKey } from './question.ts'
import { VerificationError } from './verification-error.ts'

// The points whose order divides 8, sign bit cleared. RFC 8032 lets one signature by such a "key" verify over many
// messages; the OpenSSL in Node 26 refuses it, but other verifiers of the same approval may not.
const smallOrder = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])

/** Refuses a point for which others can sign too. */
export function assertLargeOrder(point: Uint8Array): void {
  const unsigned = Uint8Array.from(point)
  unsigned[31] = (unsigned[31] ?? 0) & 0x7f
  if (smallOrder.has(unsigned.toHex()))
    throw new VerificationError('key/small-order', 'The key is a point of small order, for which others can sign too.')
}

/** What stands before the point in every SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 4). */
const spkiHead = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

/** A key as SubjectPublicKeyInfo in DER. */
export const spkiOf = (point: Uint8Array): Uint8Array<ArrayBuffer> => joined([spkiHead, point])

const malformed = (): never => {
  throw new VerificationError('key/malformed', 'The text is not a public key in PEM or JWK form.')
}

/** The bytes of a PEM text with one public key in it (RFC 7468 section 13). */
function readPem(text: string): Uint8Array {
  const [, body] = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/.exec(text) ?? []
  return readBase64((body ?? malformed()).replaceAll(/[\r\n]/g, '')) ?? malformed()
}

/** A public key from its PEM text. */
export function* readVerifyingKey(text: string): Asking<VerifyingKey> {
  const spki = readPem(text)
  const head = spki.subarray(0, spkiHead.length)
  if (spki.length !== spkiHead.length + 32 || head.toHex() !== spkiHead.toHex())
    throw new VerificationError('key/not-ed25519', 'The key is not an Ed25519 key.')
  const point = spki.slice(spkiHead.length)
  assertLargeOrder(point)
  return { keyId: yield* askSha256(spki), point }
}
