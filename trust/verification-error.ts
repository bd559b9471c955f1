/**
 * Every way in which something signed can fail to convince, in one closed list; a code is never renamed.
 * `encoding`: the bytes; `document`: what they say; `dsse`: the envelope; `key`: a key itself.
 */
export type VerificationCode =
  | 'encoding/too-large'
  | 'encoding/not-utf8'
  | 'encoding/too-deep'
  | 'encoding/not-json'
  | 'encoding/value-not-allowed'
  | 'encoding/not-canonical'
  | 'document/malformed'
  | 'document/inconsistent'
  | 'dsse/malformed'
  | 'dsse/payload-type'
  | 'dsse/threshold'
  | 'key/malformed'
  | 'key/not-ed25519'
  | 'key/small-order'

/** Something that claims to be signed does not convince; `message` is one sentence about why. */
export class VerificationError extends Error {
  readonly code: VerificationCode

  constructor(code: VerificationCode, message: string) {
    super(message)
    this.name = 'VerificationError'
    this.code = code
  }
}
