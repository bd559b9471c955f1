import { canonicalText, type Json } from './canonical-text.ts'

export { type Json, maxDocumentBytes, readCanonical } from './canonical-text.ts'

/** The one sequence of bytes that stands for a value (RFC 8785, JSON Canonicalization Scheme). */
export const canonicalBytes = (value: Json): Buffer => Buffer.from(canonicalText(value), 'utf8')
