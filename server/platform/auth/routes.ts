import * as contract from '@suture/contract/auth.ts'
import { permissionNames, permissions } from '@suture/contract/permissions.ts'
import { roleNames, roles } from '@suture/contract/roles.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import type { Caller } from '#platform/http/caller.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { Refusal } from '#platform/refusal.ts'
import { permissionsOfRole } from '#roles.ts'
import { changeUser, inviteAgain, inviteUser } from './people.operations.ts'
import { acceptInvitation, changePassword, completeSetup, signIn, signOut } from './sign-in.operations.ts'
import { createToken, revokeToken } from './token.operations.ts'
import { viewTokens } from './token.queries.ts'
import { viewUser, viewUsers } from './user.queries.ts'

const callerView = ({ scope, tenant, roles, permissions }: Caller) => ({
  kind: scope.actor.kind as 'user' | 'token',
  id: scope.actor.id,
  name: scope.actor.name,
  tenant,
  roles: [...roles],
  permissions: permissionNames.filter((name) => permissions.has(name)),
  sites: scope.sites === 'all' ? ('all' as const) : [...scope.sites],
})

/** Sign-in, people and tokens, over HTTP. */
export const authRoutes: Routes = ({ serve, store, clock }) => {
  serve(contract.completeSetup, ({ body }) => completeSetup(store, clock, body))
  serve(contract.acceptInvitation, ({ body }) => acceptInvitation(store, clock, body))
  serve(contract.signIn, async ({ body, agent, session }) => {
    const opened = await signIn(store, clock, { ...body, agent })
    session.open(opened.secret, opened.expires)
    return callerView(opened.caller)
  })
  serve(contract.signOut, async ({ caller, session }) => {
    await signOut(store, clock, caller)
    session.close()
    return undefined
  })
  serve(contract.changePassword, ({ caller, body }) => changePassword(store, clock, caller, body))
  serve(contract.whoAmI, ({ caller }) => callerView(caller))

  serve(contract.listUsers, async ({ scope, query }) => {
    const after = readCursor(query.cursor, z.tuple([z.string()]))?.[0]
    const rows = await withScope(store, scope, (scoped) => viewUsers(scoped, query.limit + 1, after))
    return pageOf(rows, query.limit, (user) => [user.login])
  })
  serve(contract.getUser, async ({ store, scope, params }) => {
    const user = await withScope(store, scope, (scoped) => viewUser(scoped, params.id))
    if (!user) throw new Refusal('auth/user-unknown')
    return user
  })
  serve(contract.inviteUser, ({ store, caller, body }) => inviteUser(store, clock, caller, body))
  serve(contract.inviteAgain, ({ store, caller, params }) => inviteAgain(store, clock, caller, params.id))
  serve(contract.changeUser, ({ store, caller, params, body }) => changeUser(store, clock, caller, params.id, body))

  serve(contract.listTokens, async ({ scope, query }) => {
    const before = readCursor(query.cursor, z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()]))
    const rows = await withScope(store, scope, (scoped) => viewTokens(scoped, query.limit + 1, before))
    return pageOf(rows, query.limit, (token) => [token.createdAt.toISOString(), token.id])
  })
  serve(contract.createToken, ({ store, caller, body }) => createToken(store, clock, caller, body))
  serve(contract.revokeToken, ({ scope, params }) => revokeToken(store, clock, scope, params.id))

  serve(contract.listRoles, () => ({
    roles: roleNames.map((role) => ({ role, meaning: roles[role], permissions: [...permissionsOfRole[role]] })),
    permissions: permissionNames.map((permission) => ({ permission, meaning: permissions[permission] })),
  }))
}
