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

/** The scrypt cost of the product: a noticeable part of a second and 128 MiB for each guess. */
const usualCost = 1 << 17

/**
 * Cost, block size and parallelisation (RFC 7914 section 2). The upper bounds keep a changed file from exhausting memory;
 * the lower one keeps guessing dear: AES-GCM commits to no key, so that one file can be made to open under many, and
 * whoever writes it could try as many passphrases at once as it has room for, if each cost nothing to derive
 * (Len, Grubbs, Ristenpart: Partitioning Oracle Attacks, 2021).
 */
const kdfShape = (leastCost: number) =>
  object({
    name: oneOf('scrypt'),
    cost: integer(leastCost, usualCost << 1),
    blockSize: integer(8, 8),
    parallelisation: integer(1, 4),
    salt: base64,
  })
const sealedShape = (leastCost: number) =>
  object({
    version: integer(1, 1),
    kdf: kdfShape(leastCost),
    iv: base64,
    tag: base64,
    ciphertext: base64,
  })

type Kdf = Read<ReturnType<typeof kdfShape>>

/** The most that a sealed file may weigh, in bytes: a roster of a hundred thousand. */
const maxSealedBytes = 64 << 20

/** A passphrase as a key: deriving it is dear on purpose, so it is kept for the salt under which something opened. */
export class Lock {
  readonly #passphrase: string
  readonly #cost: number
  #known: { readonly kdf: Kdf; readonly key: Buffer } | undefined

  /** @param cost of what is sealed, and the least of what is opened; lower than the usual one in tests alone */
  constructor(passphrase: string, cost = usualCost) {
    this.#passphrase = passphrase
    this.#cost = cost
  }

  #derive(kdf: Kdf): Buffer {
    if (this.#known && canonicalBytes({ ...this.#known.kdf }).equals(canonicalBytes({ ...kdf }))) return this.#known.key
    const { cost, blockSize, parallelisation } = kdf
    const options = { N: cost, r: blockSize, p: parallelisation, maxmem: 256 * cost * blockSize }
    return scryptSync(this.#passphrase.normalize('NFKC'), Buffer.from(kdf.salt, 'base64'), 32, options)
  }

  /** Seals bytes with AES-256-GCM (NIST SP 800-38D); the version and the key derivation are authenticated with them. */
  seal(plain: Uint8Array): Buffer {
    const salt = this.#known?.kdf.salt ?? randomBytes(16).toString('base64')
    const kdf: Kdf = { name: 'scrypt', cost: this.#cost, blockSize: 8, parallelisation: 1, salt }
    const key = this.#derive(kdf)
    this.#known = { kdf, key }
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
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
      const { version, kdf, iv, tag, ciphertext } = sealedShape(this.#cost)(readCanonical(bytes, maxSealedBytes), '')
      const key = this.#derive(kdf)
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 })
      decipher.setAAD(canonicalBytes({ version, kdf: { ...kdf } }))
      decipher.setAuthTag(Buffer.from(tag, 'base64'))
      const plain = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()])
      // Not before: what nobody has sealed must decide nothing about what is sealed next.
      this.#known = { kdf, key }
      return plain
    } catch {
      throw new SealBroken()
    }
  }
}
