import { createHash } from 'node:crypto'

/** The SHA-256 of some bytes, in lower-case hex: the name under which people approve them (FIPS 180-4). */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
