import { createHash } from 'node:crypto'

/** The SHA-256 of some bytes, in lower-case hex: the name under which people approve them (FIPS 180-4). */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Whether a text has the form of a SHA-256 as this project writes it. */
export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
