import { randomBytes } from 'node:crypto'
import { hashSecret } from '#platform/secret-hash.ts'

/** What a secret is for; its first letters say so, which lets scanners and people recognise a leaked one. */
const prefixes = { session: 'sus_', token: 'sut_', setup: 'suc_', invitation: 'sui_' } as const

export type SecretKind = keyof typeof prefixes

/** A new secret of 256 random bits, and the hash under which it is stored. */
export function newSecret(kind: SecretKind): { secret: string; hash: Buffer } {
  const secret = prefixes[kind] + randomBytes(32).toString('base64url')
  return { secret, hash: hashSecret(secret) }
}
