import type { Role } from '@suture/contract/roles.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type { Caller } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { permissionsOf } from '#roles.ts'
import { claimLogin, deleteCredentialsOf, insertCredential } from './credential.queries.ts'
import { newSecret } from './secret.ts'
import { deleteSessionsOf } from './session.queries.ts'
import { beyond, type Sites, siteIdsOf, sitesOf } from './sites.ts'
import { insertUser, lockUsers, updateUser } from './user.queries.ts'
import { losesLastAdmin, type Standing } from './user.ts'
import { userView } from './view.ts'

/** How long an invitation can be accepted. */
const invitationMs = 7 * 24 * 3_600_000

/**
 * Nobody gives away, or takes control of, what they do not hold themselves: a permission through a role, or a site.
 * Only people keep people: a machine token that could invite an admin would hold everything.
 */
function mustOutrank(caller: Pick<Caller, 'scope' | 'permissions'>, roles: readonly Role[], sites: Sites): void {
  if (caller.scope.actor.kind !== 'user') throw new Refusal('auth/person-needed')
  const permissions = [...permissionsOf(roles)].filter((permission) => !caller.permissions.has(permission))
  const missing = [...permissions, ...beyond(sites, caller.scope.sites)]
  if (missing.length > 0) throw new Refusal('auth/too-broad', { missing })
}

/** Adds a person who has yet to set a password, and makes the code with which they do. */
export const inviteUser = (
  store: Store,
  clock: Clock,
  caller: Pick<Caller, 'scope' | 'permissions'>,
  given: { readonly login: string; readonly name: string; readonly roles: readonly Role[]; readonly sites: Sites },
) =>
  withScope(store, caller.scope, async (scoped) => {
    mustOutrank(caller, given.roles, given.sites)
    const now = clock.now()
    const id = newId(now)
    if (!(await claimLogin(scoped, given.login, id))) throw new Refusal('auth/login-taken', { login: given.login })
    const row = await insertUser(scoped, { ...given, id, password: null, siteIds: siteIdsOf(given.sites), now })
    const invitation = await makeInvitation(scoped, id, now)
    const detail = { login: given.login, roles: [...given.roles], sites: sitesOf(siteIdsOf(given.sites)) }
    await emit(scoped, clock, { kind: 'user.invited', subject: id, detail })
    return { user: userView(row), invitation }
  })

async function makeInvitation(scoped: Scoped, id: string, now: Date) {
  const { secret, hash } = newSecret('invitation')
  const expiresAt = new Date(now.getTime() + invitationMs)
  await insertCredential(scoped, { hash, kind: 'invitation', subject: id, expires: expiresAt })
  return { code: secret, expiresAt }
}

/** Lets a person set a password again who lost theirs, or whose password somebody else may know. */
export const inviteAgain = (store: Store, clock: Clock, caller: Caller, id: string) =>
  withScope(store, caller.scope, async (scoped) => {
    const users = await lockUsers(scoped)
    const user = users.find((each) => each.id === id)
    if (!user) throw new Refusal('auth/user-unknown')
    mustOutrank(caller, user.roles as Role[], sitesOf(user.site_ids))
    if (losesLastAdmin(users.map(standingOf), { ...standingOf(user), hasPassword: false }))
      throw new Refusal('auth/last-admin')
    const row = await updateUser(scoped, id, { password: null })
    await endSessions(scoped, id, { withInvitations: true })
    const invitation = await makeInvitation(scoped, id, clock.now())
    await emit(scoped, clock, { kind: 'user.invited-again', subject: id, detail: {} })
    return { user: userView(row), invitation }
  })

interface Change {
  readonly roles?: readonly Role[] | undefined
  readonly sites?: Sites | undefined
  readonly disabled?: boolean | undefined
}

type UserRow = Awaited<ReturnType<typeof lockUsers>>[number]

const standingOf = (row: UserRow): Standing => ({
  id: row.id,
  roles: row.roles as Role[],
  disabled: row.disabled_at !== null,
  hasPassword: row.password !== null,
})

/** Changes what a person may do. Their sessions end, and with them whatever the old roles allowed. */
export const changeUser = (store: Store, clock: Clock, caller: Caller, id: string, change: Change) =>
  withScope(store, caller.scope, async (scoped) => {
    const users = await lockUsers(scoped)
    const user = users.find((each) => each.id === id)
    if (!user) throw new Refusal('auth/user-unknown')
    mustOutrank(caller, user.roles as Role[], sitesOf(user.site_ids))
    mustOutrank(caller, change.roles ?? [], change.sites ?? [])
    const roles = change.roles ?? (user.roles as Role[])
    const disabled = change.disabled ?? user.disabled_at !== null
    if (losesLastAdmin(users.map(standingOf), { ...standingOf(user), roles, disabled }))
      throw new Refusal('auth/last-admin')
    const siteIds = change.sites === undefined ? user.site_ids : siteIdsOf(change.sites)
    const row = await updateUser(scoped, id, {
      roles: [...roles],
      site_ids: siteIds && [...siteIds],
      disabled_at: disabled ? (user.disabled_at ?? clock.now()) : null,
    })
    await endSessions(scoped, id, { withInvitations: disabled })
    await emit(scoped, clock, {
      kind: 'user.changed',
      subject: id,
      detail: { roles: [...roles], sites: sitesOf(siteIds), disabled },
    })
    return userView(row)
  })

async function endSessions(
  scoped: Scoped,
  userId: string,
  { withInvitations }: { withInvitations: boolean },
): Promise<void> {
  const sessions = await deleteSessionsOf(scoped, userId)
  // The person's own id stands behind an invitation that was not accepted yet.
  await deleteCredentialsOf(scoped, withInvitations ? [...sessions, userId] : sessions)
}
