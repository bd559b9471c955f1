import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, type webcrypto } from 'node:crypto'
import { sha256 } from './digest.ts'
import type { VerifyingKey } from './question.ts'
import { VerificationError } from './verification-error.ts'
import { assertLargeOrder } from './verifying-key.ts'

/** A public Ed25519 key and its name. */
export interface PublicKey extends VerifyingKey {
  readonly key: KeyObject
}

/** An Ed25519 key that can sign, and the name of its public half. */
export interface SigningKey {
  readonly keyId: string
  readonly key: KeyObject
}

function named(key: KeyObject): PublicKey {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new VerificationError('key/not-ed25519', 'The key is not an Ed25519 key.')
  const spki = key.export({ type: 'spki', format: 'der' })
  const point = spki.subarray(-32)
  assertLargeOrder(point)
  return { keyId: sha256(spki), point, key }
}

/** A public key from its PEM or JWK text (RFC 7468; RFC 8037); a private key's text is refused. */
export function readPublicKey(text: string): PublicKey {
  let key: KeyObject
  try {
    const jwk = text.trimStart().startsWith('{') ? (JSON.parse(text) as webcrypto.JsonWebKey) : undefined
    if (jwk?.d !== undefined || text.includes('PRIVATE KEY')) throw new Error('private')
    key = jwk ? createPublicKey({ key: jwk, format: 'jwk' }) : createPublicKey(text)
  } catch {
    throw new VerificationError('key/malformed', 'The text is not a public key in PEM or JWK form.')
  }
  return named(key)
}

/** A signing key from its PKCS #8 PEM text (RFC 5958). */
export function readSigningKey(pem: string): SigningKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new VerificationError('key/malformed', 'The text is not a private key in PEM form.')
  }
  return { keyId: publicHalf({ key }).keyId, key }
}

/** A new signing key. */
export function newSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { keyId: named(publicKey).keyId, key: privateKey }
}

/** The half of a signing key that anyone may know. */
export const publicHalf = ({ key }: Pick<SigningKey, 'key'>): PublicKey => named(createPublicKey(key))

/** A public key as SubjectPublicKeyInfo PEM. */
export const publicPem = ({ key }: PublicKey): string => key.export({ type: 'spki', format: 'pem' }).toString()

/** A signing key as PKCS #8 PEM: a secret. */
export const signingPem = ({ key }: SigningKey): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
