import { createHash } from 'node:crypto'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { together } from '#platform/database/together.ts'
import { Refusal } from '#platform/refusal.ts'
import { holdEdited } from './answer.queries.ts'

/** The strong validator of a reply: what its bytes are called (RFC 9110 section 8.8.3). */
export const etagOf = (text: string): string => `"${createHash('sha256').update(text).digest('base64url')}"`

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim())

/** Whether the client has this already; weak comparison (RFC 9110 section 13.1.2). */
export const hasAlready = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined && tagsIn(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)

/** Whether the client means this state of the thing; strong comparison (RFC 9110 section 13.1.1). */
const meansThis = (ifMatch: string, etag: string): boolean => tagsIn(ifMatch).includes(etag)

interface Edit {
  readonly store: Store
  readonly scope: Scope
  readonly ifMatch: string | undefined
  /** What is edited, by the endpoint that shows it and its parameters. */
  readonly what: string
  /** The thing as whoever edits it is shown it. */
  readonly show: (store: Store) => Promise<string>
  readonly edit: (store: Store) => Promise<string>
}

/** The name of a thing in the order of edits. */
export const nameOf = ({ id }: Pick<AnyEndpoint, 'id'>, params: unknown): string => `${id} ${JSON.stringify(params)}`

/**
 * Edits a thing if it is still what the caller saw, in one transaction with the comparison.
 * @returns the reply, and the validator of the thing as it is now
 */
export async function editIfSame({ store, scope, ifMatch, what, show, edit }: Edit) {
  if (ifMatch === undefined) throw new Refusal('http/no-precondition')
  const transaction = together(store, (one) => withScope(one, scope, (scoped) => holdEdited(scoped, what)))
  try {
    // Also for `*`: what is not there, or not for this caller, is refused as when it is shown.
    const before = etagOf(await show(transaction.store))
    if (ifMatch.trim() !== '*' && !meansThis(ifMatch, before)) throw new Refusal('http/changed-meanwhile')
    const text = await edit(transaction.store)
    const etag = etagOf(await show(transaction.store))
    await transaction.commit()
    return { text, etag }
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}
