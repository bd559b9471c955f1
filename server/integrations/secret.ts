import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** A new secret of 256 random bits, as Standard Webhooks writes one. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/**
 * A secret as the database holds it: AES-256-GCM under a key that is not in the database.
 * @param of what it belongs to; as another's it does not open
 */
export function seal(secret: string, key: Buffer, of: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(of))
  return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** @throws when it was sealed with another key, for something else, or was changed */
export function unseal(sealed: Buffer, key: Buffer, of: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(of)).setAuthTag(sealed.subarray(-16))
  return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
}
