import serialize from 'canonicalize'
import { utf8 } from './bytes.ts'
import { maxJsonDepth, nestsDeeperThan } from './json-depth.ts'
import { VerificationError } from './verification-error.ts'

/** A JSON value as this project signs it: no fractions, ASCII keys. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The most that a signed document may weigh, in bytes. */
export const maxDocumentBytes = 1 << 20

const tooDeep = (): never => {
  throw new VerificationError('encoding/too-deep', `The document nests deeper than ${maxJsonDepth} levels.`)
}

const notAllowed = (what: string): never => {
  throw new VerificationError('encoding/value-not-allowed', `A signed document cannot contain ${what}.`)
}

/** Refuses what two parsers might read differently (RFC 8785 section 3.1 leaves numbers and keys to IEEE 754 and UTF-16). */
function assertPlain(value: unknown, depth = 1): asserts value is Json {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) notAllowed('a number that is no integer within ±(2^53-1)')
  } else if (typeof value === 'string') {
    if (!value.isWellFormed()) notAllowed('half of a surrogate pair')
  } else if (typeof value === 'object') {
    if (depth > maxJsonDepth) tooDeep()
    if (!Array.isArray(value) && Object.keys(value).some((key) => !/^[\x20-\x7e]*$/.test(key)))
      notAllowed('a key outside printable ASCII')
    for (const item of Object.values(value)) assertPlain(item, depth + 1)
  } else notAllowed(`a value of type ${typeof value}`)
}

/** The one text that stands for a value (RFC 8785, JSON Canonicalization Scheme); what is signed is its UTF-8. */
export function canonicalText(value: Json): string {
  assertPlain(value)
  return serialize(value) as string
}

/** The canonical bytes of a list, item by item: together they may be more than one text can hold. */
export function* canonicalItems(items: readonly Json[]): Generator<Uint8Array<ArrayBuffer>> {
  yield utf8('[')
  for (const [at, item] of items.entries()) yield utf8((at > 0 ? ',' : '') + canonicalText(item))
  yield utf8(']')
}

/**
 * The value that canonical bytes stand for. Anything else is refused, so that no two parsers can disagree about what
 * was signed: duplicate or reordered keys, blanks, `1.0`, `1e0`, needless escapes, a byte order mark.
 */
export function readCanonical(bytes: Uint8Array, maxBytes = maxDocumentBytes): Json {
  if (bytes.byteLength > maxBytes)
    throw new VerificationError('encoding/too-large', `The document is larger than ${maxBytes} bytes.`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new VerificationError('encoding/not-utf8', 'The document is not UTF-8.')
  }
  if (nestsDeeperThan(bytes, maxJsonDepth)) tooDeep()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new VerificationError('encoding/not-json', 'The document is not JSON.')
  }
  assertPlain(value)
  // One text has one UTF-8, so equal texts are equal bytes.
  if (canonicalText(value) !== text) {
    throw new VerificationError('encoding/not-canonical', 'The document is not in the canonical form of RFC 8785.')
  }
  return value
}
