import type { Permission } from '@suture/contract/permissions.ts'
import type { Role } from '@suture/contract/roles.ts'
import type { Clock } from '#platform/clock.ts'
import {
  type Actor,
  directory,
  type Scope,
  type Scoped,
  type Store,
  systemScope,
  withScope,
} from '#platform/database/store.ts'
import type { Authenticate, Caller } from '#platform/http/caller.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { permissionsOf } from '#roles.ts'
import { findCredential } from './credential.queries.ts'
import { findSession, touchSession } from './session.queries.ts'
import { meet, sitesOf } from './sites.ts'
import { findUsableToken } from './token.queries.ts'
import { findUser } from './user.queries.ts'

/** A session ends after twelve hours, and after thirty minutes without a request (OWASP ASVS 5.0 V7.3). */
export const sessionLife = { absoluteMs: 12 * 3_600_000, idleMs: 30 * 60_000 }

/** A session's last use is written at most this often. */
const touchMs = 60_000

type Found = {
  readonly actor: Actor
  readonly roles: Role[]
  readonly permissions: ReadonlySet<Permission>
  readonly sites: Scope['sites']
}

async function behindSession(
  store: Store,
  scope: Scope,
  id: string,
  now: Date,
  why: 'use' | 'check',
): Promise<Found | undefined> {
  return withScope(store, scope, async (scoped) => {
    const row = await findSession(scoped, id, new Date(now.getTime() - sessionLife.idleMs))
    if (!row) return undefined
    if (why === 'use' && now.getTime() - row.used_at.getTime() > touchMs) await touchSession(scoped, id, now)
    const roles = row.roles as Role[]
    const actor = { kind: 'user', id: row.user_id, name: row.name } as const
    return { actor, roles, permissions: permissionsOf(roles), sites: sitesOf(row.site_ids) }
  })
}

/** A token holds what it was given, as far as the person who made it still holds it themselves. */
async function tokenRights(scoped: Scoped, id: string, now: Date): Promise<Omit<Found, 'roles'> | undefined> {
  const row = await findUsableToken(scoped, id, now)
  if (!row) return undefined
  const makers = permissionsOf(row.maker_roles as Role[])
  return {
    actor: { kind: 'token', id: row.id, name: row.name },
    permissions: new Set((row.permissions as Permission[]).filter((permission) => makers.has(permission))),
    sites: meet(sitesOf(row.site_ids), sitesOf(row.maker_site_ids)),
  }
}

async function behindToken(store: Store, scope: Scope, id: string, now: Date): Promise<Found | undefined> {
  const found = await withScope(store, scope, (scoped) => tokenRights(scoped, id, now))
  return found && { ...found, roles: [] }
}

/** What somebody may do now who asked for something earlier; undefined for one who may do nothing any more. */
export async function rightsOf(
  scoped: Scoped,
  { kind, id }: Actor,
  now: Date,
): Promise<Pick<Found, 'permissions' | 'sites'> | undefined> {
  if (kind === 'token') return tokenRights(scoped, id, now)
  const row = kind === 'user' ? await findUser(scoped, id) : undefined
  if (!row || row.disabled_at !== null) return undefined
  return { permissions: permissionsOf(row.roles as Role[]), sites: sitesOf(row.site_ids) }
}

/** Finds callers by the secret that they show. */
export const authenticator =
  (store: Store, clock: Clock): Authenticate =>
  async (secret, kind, why = 'use'): Promise<Caller | undefined> => {
    const now = clock.now()
    const credential = hashSecret(secret)
    const known = await findCredential(directory(store), credential, kind, now)
    if (!known) return undefined
    const behind = kind === 'session' ? behindSession : behindToken
    const found = await behind(store, systemScope(known.tenant_id, 'sign-in'), known.subject, now, why)
    if (!found) return undefined
    const scope = { tenant: known.tenant_id, actor: found.actor, sites: found.sites }
    return {
      scope,
      tenant: { id: known.tenant_uid, name: known.tenant_name },
      roles: found.roles,
      permissions: found.permissions,
      credential,
    }
  }
