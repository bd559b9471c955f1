import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { canonicalBytes, readCanonical } from '@suture/trust/canonical.ts'
import { integer, object, oneOf, type Read, type Shape } from '@suture/trust/shape.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import { OperatorError } from '#platform/operator-error.ts'

/** The seal does not open: the passphrase is wrong, or somebody changed the file. */
export class SealBroken extends OperatorError {
  constructor() {
    super('The signer’s sealed.json does not open: the passphrase is wrong, or the file was changed.')
  }
}

const base64: Shape<string> = (value, at) => {
  if (typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value) return value
  throw new VerificationError('document/malformed', `${at} must be base64.`)
}

const kdfShape = object({
  name: oneOf('scrypt'),
  /**
   * Cost, block size and parallelisation (RFC 7914 section 2); the upper bounds keep a changed file from exhausting
   * memory. A lower one would guard nothing: whoever changes the cost of a file changes the key, and it does not open.
   */
  cost: integer(2, 1 << 18),
  blockSize: integer(8, 8),
  parallelisation: integer(1, 4),
  salt: base64,
})
const sealedShape = object({
  version: integer(1, 1),
  kdf: kdfShape,
  iv: base64,
  tag: base64,
  ciphertext: base64,
})

type Kdf = Read<typeof kdfShape>

/** The most that a sealed file may weigh, in bytes: a roster of a hundred thousand. */
const maxSealedBytes = 64 << 20

/** The scrypt cost of whatever is sealed first: a noticeable part of a second and 128 MiB for each guess. */
const usualCost = 1 << 17

/** A passphrase as a key: deriving it is dear on purpose, so it is kept for the same salt. */
export class Lock {
  readonly #passphrase: string
  readonly #cost: number
  #known: { readonly of: string; readonly key: Buffer } | undefined

  /** @param cost of what is sealed before anything was opened; what was opened is sealed again at its own */
  constructor(passphrase: string, cost = usualCost) {
    this.#passphrase = passphrase
    this.#cost = cost
  }

  #derive(kdf: Kdf): Buffer {
    const of = canonicalBytes({ ...kdf }).toString()
    if (this.#known?.of !== of) {
      const { cost, blockSize, parallelisation } = kdf
      const options = { N: cost, r: blockSize, p: parallelisation, maxmem: 256 * cost * blockSize }
      this.#known = {
        of,
        key: scryptSync(this.#passphrase.normalize('NFKC'), Buffer.from(kdf.salt, 'base64'), 32, options),
      }
    }
    return this.#known.key
  }

  /** Seals bytes with AES-256-GCM (NIST SP 800-38D); the version and the key derivation are authenticated with them. */
  seal(plain: Uint8Array): Buffer {
    const salt = randomBytes(16).toString('base64')
    const kdf: Kdf = this.#known
      ? JSON.parse(this.#known.of)
      : { name: 'scrypt', cost: this.#cost, blockSize: 8, parallelisation: 1, salt }
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#derive(kdf), iv)
    cipher.setAAD(canonicalBytes({ version: 1, kdf: { ...kdf } }))
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
    return canonicalBytes({
      version: 1,
      kdf: { ...kdf },
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      ciphertext,
    })
  }

  /** The bytes under a seal; throws `SealBroken`. */
  open(bytes: Uint8Array): Buffer {
    try {
      const { version, kdf, iv, tag, ciphertext } = sealedShape(readCanonical(bytes, maxSealedBytes), '')
      const decipher = createDecipheriv('aes-256-gcm', this.#derive(kdf), Buffer.from(iv, 'base64'), {
        authTagLength: 16,
      })
      decipher.setAAD(canonicalBytes({ version, kdf: { ...kdf } }))
      decipher.setAuthTag(Buffer.from(tag, 'base64'))
      return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()])
    } catch {
      throw new SealBroken()
    }
  }
}
