import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { permissionNames } from './permissions.ts'
import { roleNames } from './roles.ts'
import { PlainText, Text } from './text.ts'

const Role = z.enum(roleNames)
const Permissions = z.array(z.enum(permissionNames)).max(permissionNames.length)
const id = z.object({ id: z.uuid() })

const Login = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@+-]{1,119}$/, 'letters, digits and . _ @ + - only')
const PersonName = Text.trim().min(1).max(120)
const Password = PlainText.max(256)
/** Which sites a person or token may see: all, or these (site numbers); an empty list sees no site. */
const Sites = z.union([z.literal('all'), z.array(z.int().min(1).max(2_147_483_647)).max(1000)])

const User = z.object({
  id: z.uuid(),
  login: z.string(),
  name: z.string(),
  roles: z.array(Role),
  sites: Sites,
  state: z.enum(['invited', 'active', 'disabled']),
  createdAt: Instant,
})

const Caller = z.object({
  kind: z.enum(['user', 'token']),
  id: z.uuid(),
  name: z.string(),
  tenant: z.object({ id: z.uuid(), name: z.string() }),
  roles: z.array(Role),
  permissions: Permissions,
  sites: Sites,
})

/** A code that is shown once and works once. */
const OneTimeCode = z.object({ code: z.string(), expiresAt: Instant })

export const completeSetup = endpoint({
  id: 'completeSetup',
  method: 'POST',
  path: '/setup',
  may: 'anyone',
  tag: 'Sign-in',
  summary: 'Makes the first admin of a tenant, with the one-time setup code that the server printed.',
  body: z.strictObject({ code: Text.max(128), login: Login, name: PersonName, password: Password }),
  reply: User,
  status: 201,
  refusals: ['auth/code-invalid', 'auth/password-too-weak', 'auth/login-taken'],
})

export const acceptInvitation = endpoint({
  id: 'acceptInvitation',
  method: 'POST',
  path: '/invitation',
  may: 'anyone',
  tag: 'Sign-in',
  summary: 'Sets the password of an invited person, with the one-time code of the invitation.',
  body: z.strictObject({ code: Text.max(128), password: Password }),
  reply: User,
  refusals: ['auth/code-invalid', 'auth/password-too-weak'],
})

export const signIn = endpoint({
  id: 'signIn',
  method: 'POST',
  path: '/session',
  may: 'anyone',
  tag: 'Sign-in',
  summary: 'Opens a session: the reply sets its cookie, and the body names who signed in.',
  perMinute: 20,
  body: z.strictObject({ login: Text.max(256), password: Password }),
  reply: Caller,
  status: 201,
  refusals: ['auth/wrong-credentials'],
})

export const signOut = endpoint({
  id: 'signOut',
  method: 'DELETE',
  path: '/session',
  may: 'signed-in',
  tag: 'Sign-in',
  summary: 'Ends the session that the request came with.',
  reply: z.undefined(),
  status: 204,
})

export const whoAmI = endpoint({
  id: 'whoAmI',
  method: 'GET',
  path: '/session',
  may: 'signed-in',
  tag: 'Sign-in',
  summary: 'Says who the caller is and what it may do.',
  reply: Caller,
})

export const changePassword = endpoint({
  id: 'changePassword',
  method: 'PUT',
  path: '/password',
  may: 'signed-in',
  tag: 'Sign-in',
  summary: 'Replaces the caller’s own password; their other sessions end.',
  perMinute: 20,
  body: z.strictObject({ current: Password, next: Password }),
  reply: User,
  refusals: ['auth/wrong-credentials', 'auth/password-too-weak', 'auth/person-needed'],
})

export const listUsers = endpoint({
  id: 'listUsers',
  method: 'GET',
  path: '/users',
  may: 'platform:read-users',
  tag: 'People and tokens',
  summary: 'The people of this tenant, by login name.',
  query: z.strictObject(pageQuery),
  reply: page(User),
  refusals: ['http/bad-cursor'],
})

export const getUser = endpoint({
  id: 'getUser',
  method: 'GET',
  path: '/users/{id}',
  may: 'platform:read-users',
  tag: 'People and tokens',
  summary: 'One person of this tenant.',
  params: id,
  reply: User,
  refusals: ['auth/user-unknown'],
})

export const inviteUser = endpoint({
  id: 'inviteUser',
  method: 'POST',
  path: '/users',
  may: 'platform:manage-users',
  tag: 'People and tokens',
  summary: 'Invites a person; the one-time code in the reply lets them set their own password.',
  body: z.strictObject({
    login: Login,
    name: PersonName,
    roles: z.array(Role).min(1).max(roleNames.length),
    sites: Sites.default('all'),
  }),
  reply: z.object({ user: User, invitation: OneTimeCode }),
  status: 201,
  refusals: ['auth/login-taken', 'auth/too-broad', 'auth/person-needed'],
})

export const inviteAgain = endpoint({
  id: 'inviteAgain',
  method: 'POST',
  path: '/users/{id}/invitation',
  may: 'platform:manage-users',
  tag: 'People and tokens',
  summary: 'Makes a new one-time code for a person who lost their password; the old password and their sessions end.',
  params: id,
  reply: z.object({ user: User, invitation: OneTimeCode }),
  status: 201,
  refusals: ['auth/user-unknown', 'auth/last-admin', 'auth/too-broad', 'auth/person-needed'],
})

export const changeUser = endpoint({
  id: 'changeUser',
  method: 'PATCH',
  path: '/users/{id}',
  may: 'platform:manage-users',
  tag: 'People and tokens',
  summary: 'Changes a person’s roles or sites, or disables them; their sessions end, so that it holds at once.',
  params: id,
  edits: getUser,
  body: z
    .strictObject({
      roles: z.array(Role).min(1).max(roleNames.length).optional(),
      sites: Sites.optional(),
      disabled: z.boolean().optional(),
    })
    .refine((change) => Object.values(change).some((part) => part !== undefined), 'names nothing to change'),
  reply: User,
  refusals: ['auth/user-unknown', 'auth/last-admin', 'auth/too-broad', 'auth/person-needed'],
})

const Token = z.object({
  id: z.uuid(),
  name: z.string(),
  permissions: Permissions,
  sites: Sites,
  createdBy: z.uuid(),
  createdAt: Instant,
  expiresAt: Instant,
  revokedAt: Instant.nullable(),
})

export const listTokens = endpoint({
  id: 'listTokens',
  method: 'GET',
  path: '/tokens',
  may: 'platform:manage-tokens',
  tag: 'People and tokens',
  summary: 'The machine tokens of this tenant, newest first; never their secrets.',
  query: z.strictObject(pageQuery),
  reply: page(Token),
  refusals: ['http/bad-cursor'],
})

export const createToken = endpoint({
  id: 'createToken',
  method: 'POST',
  path: '/tokens',
  may: 'platform:manage-tokens',
  tag: 'People and tokens',
  summary: 'Creates a machine token; its secret is in this reply and nowhere else.',
  body: z.strictObject({
    name: PersonName,
    permissions: Permissions.min(1),
    sites: Sites.optional(),
    expiresInDays: z.int().min(1).max(366).default(90),
  }),
  reply: z.object({ token: Token, secret: z.string() }),
  status: 201,
  refusals: ['auth/too-broad', 'auth/person-needed'],
})

export const revokeToken = endpoint({
  id: 'revokeToken',
  method: 'DELETE',
  path: '/tokens/{id}',
  may: 'platform:manage-tokens',
  tag: 'People and tokens',
  summary: 'Revokes a machine token at once.',
  params: id,
  reply: Token,
  refusals: ['auth/token-unknown'],
})

export const listRoles = endpoint({
  id: 'listRoles',
  method: 'GET',
  path: '/roles',
  may: 'signed-in',
  tag: 'People and tokens',
  summary: 'The roles, and what each may do.',
  reply: z.object({
    roles: z.array(z.object({ role: Role, meaning: z.string(), permissions: Permissions })),
    permissions: z.array(z.object({ permission: z.enum(permissionNames), meaning: z.string() })),
  }),
})
