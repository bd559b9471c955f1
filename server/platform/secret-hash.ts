import { hash } from 'node:crypto'

/**
 * Under which a random secret is stored and looked up: SHA-256 is enough for 256 random bits, and cheap enough for every
 * poll; a password gets argon2id.
 */
export const hashSecret = (secret: string): Buffer => hash('sha256', secret, 'buffer')
