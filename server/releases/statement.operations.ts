import type { ReleasePublish } from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Scoped } from '#platform/database/store.ts'
import { findStatement, type readSignerKeys, verifyStatement } from '#signing/index.ts'
import type { ReleaseRow } from './release.queries.ts'

export type SignerKeys = ReturnType<typeof readSignerKeys>

/** The envelope that is stored for what the signer was asked about this release; nobody has verified it yet. */
export const envelopeOf = async (scoped: Scoped, row: ReleaseRow): Promise<Buffer | undefined> =>
  row.statement_digest === null
    ? undefined
    : findStatement(scoped, 'release-publish', row.statement_digest.toString('hex'))

/**
 * What the signer said, if its key verifies the envelope and it is about this very release.
 * @param tenant the tenant's UUID
 */
export function statementOf(
  keys: SignerKeys,
  tenant: string,
  row: ReleaseRow,
  envelope: Buffer,
): ReleasePublish | undefined {
  try {
    const { document, digest } = verifyStatement(keys, 'release-publish', tenant, envelope)
    const isIts = document.release === row.id && digest === row.statement_digest?.toString('hex')
    return isIts ? document : undefined
  } catch (error) {
    if (error instanceof VerificationError) return undefined
    throw error
  }
}
