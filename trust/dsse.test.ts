import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEnvelope, signEnvelope, verifyEnvelope } from './dsse.ts'
import { preAuthEncoding } from './envelope.ts'
import { newSigningKey, publicHalf } from './keys.ts'

const [first, second, third] = [newSigningKey(), newSigningKey(), newSigningKey()]
const type = 'application/x-test'
const bytes = fc.uint8Array({ maxLength: 200 })
const code = (expected: string) => expect.objectContaining({ code: expected })
const thrown = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return 'nothing was thrown'
}

test('the pre-authentication encoding is the one of the DSSE protocol’s own example', () => {
  expect(Buffer.from(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  )
})

test('whatever is signed verifies with the signer’s key and type, and with no other', () => {
  fc.assert(
    fc.property(bytes, (payload) => {
      const envelope = readEnvelope(Buffer.from(JSON.stringify(signEnvelope(type, payload, first))))
      const keys = [publicHalf(first)]
      expect(verifyEnvelope(envelope, { payloadType: type, keys }).payload).toEqual(Buffer.from(payload))
      expect(thrown(() => verifyEnvelope(envelope, { payloadType: 'other', keys }))).toEqual(code('dsse/payload-type'))
      const others = [publicHalf(second)]
      expect(thrown(() => verifyEnvelope(envelope, { payloadType: type, keys: others }))).toEqual(
        code('dsse/threshold'),
      )
    }),
  )
})

test('one flipped bit of the payload or of the signature convinces nobody', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), fc.boolean(), (payload, at, inSignature) => {
      const { signatures, ...envelope } = signEnvelope(type, payload, first)
      const flip = (text: string) => {
        const raw = Buffer.from(text, 'base64')
        const bit = at % (raw.length * 8)
        raw.writeUInt8(raw.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        return raw.toString('base64')
      }
      const changed = inSignature
        ? { ...envelope, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: flip(sig) })) }
        : { ...envelope, payload: flip(envelope.payload), signatures }
      const keys = [publicHalf(first)]
      expect(thrown(() => verifyEnvelope(changed, { payloadType: type, keys }))).toEqual(code('dsse/threshold'))
    }),
  )
})

test('a threshold counts keys, not signatures: repeated and unknown ones neither help nor harm', () => {
  const payload = Buffer.from('x')
  const signed = [first, second, third].map((key) => signEnvelope(type, payload, key))
  const signatures = signed.map((each) => each.signatures[0]).filter((each) => each !== undefined)
  const [one, two, unknown] = signatures
  const keys = [publicHalf(first), publicHalf(second), publicHalf(first)]
  const expected = { payloadType: type, keys, threshold: 2 }
  const envelope = { ...signed[0], unknownField: 7 }
  expect(thrown(() => verifyEnvelope({ ...envelope, signatures: [one, one, unknown] }, expected))).toEqual(
    code('dsse/threshold'),
  )
  const enough = { ...envelope, signatures: [unknown, one, one, { sig: two?.sig }] }
  expect(verifyEnvelope(enough, expected).signedBy).toEqual([first.keyId, second.keyId])
  expect(thrown(() => verifyEnvelope(enough, { ...expected, threshold: 0 }))).toEqual(code('dsse/threshold'))
})

test.each([
  ['no object', null],
  ['no signature', { payloadType: type, payload: '', signatures: [] }],
  ['too many signatures', { payloadType: type, payload: '', signatures: Array(33).fill({ sig: '' }) }],
  ['base64 with left-over bits', { payloadType: type, payload: 'QR==', signatures: [{ sig: '' }] }],
  ['base64 with a line break', { payloadType: type, payload: 'QUJD\n', signatures: [{ sig: '' }] }],
  ['a signature that is no text', { payloadType: type, payload: '', signatures: [{ sig: 1 }] }],
])('an envelope with %s is malformed', (_, envelope) => {
  expect(thrown(() => verifyEnvelope(envelope, { payloadType: type, keys: [] }))).toEqual(code('dsse/malformed'))
})
