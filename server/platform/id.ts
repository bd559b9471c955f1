import { randomBytes } from 'node:crypto'

declare const brand: unique symbol
/** A primitive that the compiler refuses to confuse with another of the same shape. */
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** A tenant's row number; it never leaves the process (outside, a tenant is its UUID). */
export type TenantId = Brand<number, 'TenantId'>

/**
 * A new UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits.
 * Made here because PostgreSQL has its own only from version 18 on.
 */
export function newId(now: Date): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now.getTime(), 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
