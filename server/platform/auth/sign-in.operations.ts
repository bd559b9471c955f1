import type { Role } from '@suture/contract/roles.ts'
import type { Clock } from '#platform/clock.ts'
import { type Actor, directory, type Scope, type Store, systemScope, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { createGate } from '#platform/gate.ts'
import type { Caller } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { permissionsOf } from '#roles.ts'
import { sessionLife } from './authenticate.operations.ts'
import {
  claimLogin,
  deleteCredentialsOf,
  findCredential,
  findLogin,
  insertCredential,
  takeCredential,
} from './credential.queries.ts'
import { checkPassword, hashPassword } from './password.ts'
import { newSecret } from './secret.ts'
import { deleteSession, deleteSessionsOf, insertSession } from './session.queries.ts'
import { sitesOf } from './sites.ts'
import { findUser, insertUser, lockUser, updateUser } from './user.queries.ts'
import { isWeakPassword } from './user.ts'
import { userView } from './view.ts'

/**
 * Deriving a password takes 19 MiB and a thread of the few that files and names are read with: two at once leave room
 * for the rest, and a flood of sign-ins waits or is refused instead of starving everybody.
 */
const derivations = createGate({ atOnce: 2, waiting: 32 })

const actorOf = (user: { readonly id: string; readonly name: string }): Actor => ({ kind: 'user', ...user })

/** Makes a tenant's first admin, or another one for whoever can read a code from the server's own machine. */
export async function completeSetup(
  store: Store,
  clock: Clock,
  given: { readonly code: string; readonly login: string; readonly name: string; readonly password: string },
) {
  const hash = hashSecret(given.code)
  const known = await findCredential(directory(store), hash, 'setup', clock.now())
  if (!known) throw new Refusal('auth/code-invalid')
  if (isWeakPassword(given.password, given.login)) throw new Refusal('auth/password-too-weak')
  const password = await derivations.run(() => hashPassword(given.password))
  const now = clock.now()
  const id = newId(now)
  const scope: Scope = { tenant: known.tenant_id, actor: actorOf({ id, name: given.name }), sites: 'all' }
  return withScope(store, scope, async (scoped) => {
    if (!(await takeCredential(scoped, hash, 'setup'))) throw new Refusal('auth/code-invalid')
    if (!(await claimLogin(scoped, given.login, id))) throw new Refusal('auth/login-taken')
    const row = await insertUser(scoped, {
      id,
      login: given.login,
      name: given.name,
      password,
      roles: ['admin'],
      siteIds: null,
      now,
    })
    await emit(scoped, clock, { kind: 'tenant.set-up', subject: id, detail: { login: given.login } })
    return userView(row)
  })
}

/** Sets an invited person's password. */
export async function acceptInvitation(
  store: Store,
  clock: Clock,
  given: { readonly code: string; readonly password: string },
) {
  const hash = hashSecret(given.code)
  const known = await findCredential(directory(store), hash, 'invitation', clock.now())
  if (!known) throw new Refusal('auth/code-invalid')
  const user = await withScope(store, systemScope(known.tenant_id, 'sign-in'), (scoped) =>
    findUser(scoped, known.subject),
  )
  if (!user || user.disabled_at !== null) throw new Refusal('auth/code-invalid')
  if (isWeakPassword(given.password, user.login)) throw new Refusal('auth/password-too-weak')
  const password = await derivations.run(() => hashPassword(given.password))
  const scope: Scope = { tenant: known.tenant_id, actor: actorOf(user), sites: sitesOf(user.site_ids) }
  return withScope(store, scope, async (scoped) => {
    if (!(await lockUser(scoped, user.id, user.password))) throw new Refusal('auth/code-invalid')
    if (!(await takeCredential(scoped, hash, 'invitation'))) throw new Refusal('auth/code-invalid')
    const row = await updateUser(scoped, user.id, { password })
    await emit(scoped, clock, { kind: 'user.joined', subject: user.id, detail: { login: user.login } })
    return userView(row)
  })
}

/** Opens a session for whoever knows the password; wrong names and wrong passwords cost the same time. */
export async function signIn(
  store: Store,
  clock: Clock,
  given: { readonly login: string; readonly password: string; readonly agent: string },
) {
  const known = await findLogin(directory(store), given.login)
  const user =
    known &&
    (await withScope(store, systemScope(known.tenant_id, 'sign-in'), (scoped) => findUser(scoped, known.user_id)))
  const matches = await derivations.run(() => checkPassword(given.password, user?.password ?? null))
  if (!known || !user || !matches || user.disabled_at !== null) throw new Refusal('auth/wrong-credentials')
  const { secret, hash } = newSecret('session')
  const now = clock.now()
  const expires = new Date(now.getTime() + sessionLife.absoluteMs)
  const id = newId(now)
  const scope: Scope = { tenant: known.tenant_id, actor: actorOf(user), sites: sitesOf(user.site_ids) }
  await withScope(store, scope, async (scoped) => {
    // Checking took a while: an admin may have disabled the person or taken the password away meanwhile.
    if (!(await lockUser(scoped, user.id, user.password))) throw new Refusal('auth/wrong-credentials')
    await insertSession(scoped, { id, userId: user.id, agent: given.agent, now, expires })
    await insertCredential(scoped, { hash, kind: 'session', subject: id, expires })
    await emit(scoped, clock, { kind: 'session.opened', subject: user.id, detail: { agent: given.agent } })
  })
  const roles = user.roles as Role[]
  const caller: Caller = {
    scope,
    tenant: { id: known.tenant_uid, name: known.tenant_name },
    roles,
    permissions: permissionsOf(roles),
    credential: hash,
  }
  return { secret, expires, caller }
}

/** Ends the session that a request came with; a token is not a session and stays. */
export async function signOut(store: Store, clock: Clock, caller: Caller): Promise<void> {
  const session = await findCredential(directory(store), caller.credential, 'session', clock.now())
  if (!session) return
  await withScope(store, caller.scope, async (scoped) => {
    await deleteSession(scoped, session.subject)
    await deleteCredentialsOf(scoped, [session.subject])
    await emit(scoped, clock, { kind: 'session.ended', subject: caller.scope.actor.id, detail: {} })
  })
}

/** Replaces a person's own password. Whoever knows only the session cannot; every other session ends. */
export async function changePassword(
  store: Store,
  clock: Clock,
  caller: Caller,
  given: { readonly current: string; readonly next: string },
) {
  const { actor } = caller.scope
  if (actor.kind !== 'user') throw new Refusal('auth/person-needed')
  const user = await withScope(store, caller.scope, (scoped) => findUser(scoped, actor.id))
  if (!user || !(await derivations.run(() => checkPassword(given.current, user.password))))
    throw new Refusal('auth/wrong-credentials')
  if (isWeakPassword(given.next, user.login)) throw new Refusal('auth/password-too-weak')
  const password = await derivations.run(() => hashPassword(given.next))
  const own = await findCredential(directory(store), caller.credential, 'session', clock.now())
  return withScope(store, caller.scope, async (scoped) => {
    if (!(await lockUser(scoped, user.id, user.password))) throw new Refusal('auth/wrong-credentials')
    const row = await updateUser(scoped, user.id, { password })
    await deleteCredentialsOf(scoped, await deleteSessionsOf(scoped, user.id, own?.subject))
    await emit(scoped, clock, { kind: 'user.password-changed', subject: user.id, detail: {} })
    return userView(row)
  })
}
