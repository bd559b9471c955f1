import type { listTokens } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'

export type Token = Reply<typeof listTokens>['items'][number]

/** Whether a token still opens anything: it may have been revoked, or its time may be over. */
export const standingOf = (
  { revokedAt, expiresAt }: Pick<Token, 'revokedAt' | 'expiresAt'>,
  now: Date,
): 'valid' | 'revoked' | 'expired' => {
  if (revokedAt !== null) return 'revoked'
  return expiresAt <= now ? 'expired' : 'valid'
}
