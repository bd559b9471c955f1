import type { Permission } from '@suture/contract/permissions.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type { Caller } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { deleteCredentialsOf, insertCredential } from './credential.queries.ts'
import { newSecret } from './secret.ts'
import { beyond, siteIdsOf } from './sites.ts'
import { findToken, insertToken, markRevoked } from './token.queries.ts'
import { tokenView } from './view.ts'

/** Creates a machine token that holds no more than its maker does. Only a person makes one: a token never does. */
export const createToken = (
  store: Store,
  clock: Clock,
  caller: Caller,
  given: {
    readonly name: string
    readonly permissions: readonly Permission[]
    readonly sites?: Scope['sites'] | undefined
    readonly expiresInDays: number
  },
) =>
  withScope(store, caller.scope, async (scoped) => {
    if (caller.scope.actor.kind !== 'user') throw new Refusal('auth/person-needed')
    const missing = given.permissions.filter((permission) => !caller.permissions.has(permission))
    const sites = given.sites ?? caller.scope.sites
    const foreign = beyond(sites, caller.scope.sites)
    if (missing.length > 0 || foreign.length > 0)
      throw new Refusal('auth/too-broad', { missing: [...missing, ...foreign] })
    const now = clock.now()
    const expires = new Date(now.getTime() + given.expiresInDays * 24 * 3_600_000)
    const { secret, hash } = newSecret('token')
    const id = newId(now)
    const createdBy = caller.scope.actor.id
    const row = await insertToken(scoped, { ...given, id, siteIds: siteIdsOf(sites), createdBy, now, expires })
    await insertCredential(scoped, { hash, kind: 'token', subject: id, expires })
    const detail = { name: given.name, permissions: [...given.permissions], expiresAt: expires.toISOString() }
    await emit(scoped, clock, { kind: 'token.created', subject: id, detail })
    return { token: tokenView(row), secret }
  })

/** Revokes a token; doing it twice is no error. */
export const revokeToken = (store: Store, clock: Clock, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const token = await findToken(scoped, id)
    if (!token) throw new Refusal('auth/token-unknown')
    if (token.revoked_at !== null) return tokenView(token)
    const row = await markRevoked(scoped, id, clock.now())
    await deleteCredentialsOf(scoped, [id])
    await emit(scoped, clock, { kind: 'token.revoked', subject: id, detail: { name: token.name } })
    return tokenView(row)
  })
