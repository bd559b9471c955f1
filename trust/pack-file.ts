import { utf8 } from './bytes.ts'
import { canonicalItems, canonicalText, type Json } from './canonical-text.ts'
import { maxEnvelopeBytes } from './envelope.ts'
import { maxJsonDepth, nestsDeeperThan } from './json-depth.ts'
import { type Asking, askSha256 } from './question.ts'
import { type ClosedFinding, type DeviceResult, findingsShape, resultsShape } from './rollout-evidence.ts'
import { digest, line, list, object, oneOf, type Read, textUpTo, uuid } from './shape.ts'
import { VerificationError } from './verification-error.ts'

/** The most that a pack may weigh where its reader sets no limit of its own, in bytes. */
export const maxPackBytes = 256 << 20

/** An envelope as our signer writes it: one signature, and nothing that DSSE would overlook. */
const envelope = object({
  payloadType: line,
  payload: textUpTo(maxEnvelopeBytes),
  signatures: list(object({ keyid: digest, sig: line }), { min: 1, max: 1 }),
})

/** One person's approval, with the key that it verifies with. */
const packedApproval = object({
  person: uuid,
  /** How the server calls this person; the statement fixes it, and the signer does not vouch for it. */
  name: line,
  keyId: digest,
  /** SubjectPublicKeyInfo in PEM. */
  publicKey: textUpTo(1000),
  signature: line,
})

const packShape = object({
  format: oneOf('suture.evidence-pack.v1'),
  /** The rollout evidence, the plan and the release statement, each as the signer signed it. */
  statement: envelope,
  plan: envelope,
  release: envelope,
  /** The verdict as the lab signed it. */
  verdict: (value: unknown) => value,
  approvals: list(packedApproval, { min: 2, max: 64 }),
  results: resultsShape,
  findings: findingsShape,
})

/** Everything that proves how a rollout ended, in one file. */
export type EvidencePack = Read<typeof packShape>

/** What stands beside the lists. */
export type Proofs = Pick<EvidencePack, 'plan' | 'release' | 'verdict' | 'approvals'>

/** What the statement says about the proofs that stand beside the lists: SHA-256 of their canonical bytes. */
export const askProofsDigest = ({ plan, release, verdict, approvals }: Proofs): Asking<string> =>
  askSha256(utf8(canonicalText({ plan, release, verdict, approvals } as Json)))

const asList = (items: readonly (DeviceResult | ClosedFinding)[]) => items as unknown as readonly Json[]

/** The canonical bytes of a pack, piece by piece. */
export function* packParts({ results, findings, ...rest }: EvidencePack): Generator<Uint8Array> {
  const written = new Map(Object.entries(rest).map(([key, value]) => [key, [utf8(canonicalText(value as Json))]]))
  const lists = { findings: asList(findings), results: asList(results) }
  let opening = '{'
  for (const key of [...written.keys(), ...Object.keys(lists)].toSorted()) {
    yield utf8(`${opening}"${key}":`)
    yield* written.get(key) ?? canonicalItems(lists[key as keyof typeof lists])
    opening = ','
  }
  yield utf8('}')
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw new VerificationError('encoding/not-json', 'The file is not JSON in UTF-8.')
  }
}

/** What JSON allows between tokens (RFC 8259 section 2). */
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/**
 * Refuses a file that two parsers might read differently: but for blanks between its tokens it must be in the form of
 * RFC 8785. So it may be indented for people, and still no key stands in it twice.
 */
function assertOneReading(bytes: Uint8Array, pack: EvidencePack): void {
  let at = 0
  let inString = false
  for (const part of packParts(pack)) {
    for (let index = 0; index < part.length; index++) {
      while (!inString && isBlank(bytes[at])) at++
      const byte = part[index]
      if (bytes[at++] !== byte) notCanonical()
      if (!inString) inString = byte === 0x22
      else if (byte === 0x5c && bytes[at++] !== part[++index]) notCanonical()
      else if (byte === 0x22) inString = false
    }
  }
}

const notCanonical = (): never => {
  throw new VerificationError(
    'encoding/not-canonical',
    'The file is not in the canonical form of RFC 8785, blanks between tokens aside.',
  )
}

/** The pack that a file holds, not yet verified. */
export function readPack(bytes: Uint8Array, maxBytes: number): EvidencePack {
  if (bytes.byteLength > maxBytes)
    throw new VerificationError('encoding/too-large', `The file is larger than ${maxBytes} bytes.`)
  if (nestsDeeperThan(bytes, maxJsonDepth))
    throw new VerificationError('encoding/too-deep', `The file nests deeper than ${maxJsonDepth} levels.`)
  const pack = packShape(parse(bytes), '')
  assertOneReading(bytes, pack)
  return pack
}
