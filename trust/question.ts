/** A public Ed25519 key as whoever verifies needs it. */
export interface VerifyingKey {
  /** SHA-256 of the key's SubjectPublicKeyInfo in DER (RFC 5280 section 4.1), in hex. */
  readonly keyId: string
  /** The 32 bytes of the key (RFC 8032 section 5.1.5). */
  readonly point: Uint8Array
}

/**
 * What a verification asks of whoever has cryptography: Node answers at once, a browser answers later. So there is one
 * verification, and neither knows of the other.
 */
export type Question =
  | { readonly asks: 'sha256'; readonly of: Iterable<Uint8Array> }
  | {
      readonly asks: 'signature'
      readonly key: VerifyingKey
      readonly message: Uint8Array
      readonly signature: Uint8Array
    }

/** A SHA-256 in hex, or whether a signature is by the key. */
export type Answer = string | boolean

/** Work that goes on as its questions are answered. */
export type Asking<T> = Generator<Question, T, Answer>

/** SHA-256 of some bytes, in lower-case hex (FIPS 180-4). */
export function* askSha256(...of: readonly Uint8Array[]): Asking<string> {
  return String(yield { asks: 'sha256', of })
}

/** SHA-256 of bytes that come in parts and need not be held together. */
export function* askSha256Of(of: Iterable<Uint8Array>): Asking<string> {
  return String(yield { asks: 'sha256', of })
}

/** Whether these 64 bytes are the key's Ed25519 signature of the message (RFC 8032). */
export function* askSignature(key: VerifyingKey, message: Uint8Array, signature: Uint8Array): Asking<boolean> {
  return (yield { asks: 'signature', key, message, signature }) === true
}
