import type { SigningPurpose } from '@suture/contract/signing.ts'
import { sha256 } from '@suture/trust/digest.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { newId } from '#platform/id.ts'
import type { RequestState } from './request.ts'
import { findRequest, insertRequest } from './signing.queries.ts'

/**
 * Asks the signer for its signature, in the caller's transaction. The same bytes for the same purpose are one request
 * until it is refused; after that they may be asked for again, with other proofs.
 * @param request.payload the canonical bytes that the purpose signs
 */
export async function requestSignature(
  scoped: Scoped,
  clock: Clock,
  request: { readonly purpose: SigningPurpose; readonly payload: Buffer; readonly proofs: unknown },
): Promise<{ readonly id: string; readonly state: RequestState['kind'] }> {
  const at = clock.now()
  const stored = await insertRequest(scoped, { ...request, id: newId(at), at })
  const found = stored ?? (await findRequest(scoped, request.purpose, sha256(request.payload)))
  if (!found) throw new Error('A request for a signature vanished while it was repeated')
  return found
}
