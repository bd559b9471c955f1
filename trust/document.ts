import { canonicalText, type Json, readCanonical } from './canonical-text.ts'
import type { Shape } from './shape.ts'
import { VerificationError } from './verification-error.ts'

/** Refuses a document of which one part contradicts another. */
export const inconsistent = (why: string): never => {
  throw new VerificationError('document/inconsistent', why)
}

/** Refuses a list in which something stands twice. */
export function assertDistinct(things: readonly Json[], twice: string): void {
  if (new Set(things.map(canonicalText)).size !== things.length) inconsistent(twice)
}

/** Reads a document from canonical bytes: its form first, then whether its parts agree. */
export const reading =
  <T>(shape: Shape<T>, check: (document: T) => void) =>
  (bytes: Uint8Array): T => {
    const document = shape(readCanonical(bytes), '')
    check(document)
    return document
  }
