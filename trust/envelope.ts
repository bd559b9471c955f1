import { readBase64 } from './base64.ts'
import { joined, utf8 } from './bytes.ts'
import { maxDocumentBytes } from './canonical-text.ts'
import { type Asking, askSignature, type VerifyingKey } from './question.ts'
import { VerificationError } from './verification-error.ts'

/** A signed payload as it is stored and sent (DSSE v1, envelope.md). */
export interface Envelope {
  readonly payloadType: string
  /** The signed bytes, in base64. */
  readonly payload: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

interface Signature {
  readonly keyId: string | undefined
  readonly bytes: Uint8Array
}

interface Opened {
  readonly payloadType: string
  readonly payload: Uint8Array<ArrayBuffer>
  readonly signatures: readonly Signature[]
}

const maxSignatures = 32
/** The most that an envelope may weigh, in bytes: a document of the greatest size in base64, and its signatures. */
export const maxEnvelopeBytes = Math.ceil(maxDocumentBytes / 3) * 4 + (16 << 10)

/** What is signed: the type and the payload, each with its length, so that neither can pass for the other (DSSE v1, PAE). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const type = utf8(payloadType)
  return joined([utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.byteLength} `), payload])
}

const malformed = (what: string): never => {
  throw new VerificationError('dsse/malformed', `The envelope is malformed: ${what}.`)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function openSignature(value: unknown): Signature {
  if (!isObject(value) || typeof value.sig !== 'string') return malformed('a signature without `sig`')
  const keyId = value.keyid
  if (keyId !== undefined && typeof keyId !== 'string') return malformed('a `keyid` that is no text')
  const bytes = readBase64(value.sig) ?? malformed('a `sig` that is no base64')
  return { keyId: keyId || undefined, bytes }
}

/** Fields that DSSE does not know are left alone, as it demands; those it knows must be as it says. */
function open(value: unknown): Opened {
  if (!isObject(value)) return malformed('not an object')
  const { payloadType, payload, signatures } = value
  if (typeof payloadType !== 'string' || payloadType === '') return malformed('no `payloadType`')
  if (typeof payload !== 'string' || payload.length > maxEnvelopeBytes)
    return malformed('no `payload`, or one that is too large')
  if (!Array.isArray(signatures) || signatures.length === 0) return malformed('no signatures')
  if (signatures.length > maxSignatures) return malformed(`more than ${maxSignatures} signatures`)
  const bytes = readBase64(payload) ?? malformed('a `payload` that is no base64')
  return { payloadType, payload: bytes, signatures: signatures.map(openSignature) }
}

/** The payload of an envelope of the expected type, whoever signed it: for bytes whose digest somebody trusted vouches for. */
export function unverifiedPayload(envelope: unknown, expectedType: string): Uint8Array {
  const { payloadType, payload } = open(envelope)
  return payloadType === expectedType ? payload : otherType(expectedType)
}

const otherType = (expected: string): never => {
  throw new VerificationError('dsse/payload-type', `The envelope is of another type than ${expected}.`)
}

/** The envelope that bytes hold, not yet verified. */
export function readEnvelope(bytes: Uint8Array): unknown {
  if (bytes.byteLength > maxEnvelopeBytes)
    throw new VerificationError('encoding/too-large', `The envelope is larger than ${maxEnvelopeBytes} bytes.`)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return malformed('not JSON')
  }
}

function* isSignedBy(key: VerifyingKey, message: Uint8Array, signatures: readonly Signature[]): Asking<boolean> {
  for (const { keyId, bytes } of signatures) {
    const mayBe = (keyId === undefined || keyId === key.keyId) && bytes.length === 64
    if (mayBe && (yield* askSignature(key, message, bytes))) return true
  }
  return false
}

/** What an envelope has to be. */
export interface Expected {
  readonly payloadType: string
  readonly keys: readonly VerifyingKey[]
  /** How many distinct keys must have signed; one where it is left out. */
  readonly threshold?: number
}

/**
 * The payload of an envelope that enough of the given keys signed as the expected type, and which of them did.
 * Signatures by other keys and repeated ones neither help nor harm (DSSE v1, protocol.md).
 */
export function* openEnvelope(
  envelope: unknown,
  expected: Expected,
): Asking<{ readonly payload: Uint8Array<ArrayBuffer>; readonly signedBy: readonly string[] }> {
  const { payloadType, payload, signatures } = open(envelope)
  if (payloadType !== expected.payloadType) otherType(expected.payloadType)
  const threshold = expected.threshold ?? 1
  const message = preAuthEncoding(payloadType, payload)
  const signedBy: string[] = []
  for (const [keyId, key] of new Map(expected.keys.map((each) => [each.keyId, each])))
    if (yield* isSignedBy(key, message, signatures)) signedBy.push(keyId)
  if (threshold < 1 || signedBy.length < threshold) {
    throw new VerificationError(
      'dsse/threshold',
      `${signedBy.length} of the expected keys signed the envelope; ${threshold} must.`,
    )
  }
  return { payload, signedBy }
}
