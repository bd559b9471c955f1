import type { RefusalText } from './text.ts'

export const authRefusals = {
  'auth/not-signed-in': {
    status: 401,
    says: 'No valid session or token came with the request',
    remedy: 'Sign in, or send `Authorization: Bearer` with a token that is neither expired nor revoked',
  },
  'auth/not-permitted': {
    status: 403,
    says: 'None of the caller’s roles holds the permission this needs',
    remedy: 'Ask an admin of the tenant for a role that holds `permission`',
  },
  'auth/person-needed': {
    status: 403,
    says: 'Only a person who signed in can do this, not a machine token',
    remedy: 'Sign in as a person whose roles hold the permission',
  },
  'auth/wrong-credentials': {
    status: 401,
    says: 'The login name or the password is wrong, or the account is disabled',
    remedy: 'Try again, or ask an admin for a new invitation',
  },
  'auth/cross-site': {
    status: 403,
    says: 'The request came from another site’s page',
    remedy: 'Use the console of this server, or a token instead of the session cookie',
  },
  'auth/code-invalid': {
    status: 422,
    says: 'The one-time code is unknown, already used or expired',
    remedy: 'Ask for a new one: `suture setup-code` on the server for the first admin, an admin for an invitation',
  },
  'auth/password-too-weak': {
    status: 422,
    says: 'The password is shorter than 12 characters or contains the login name',
    remedy: 'Choose a longer one; a sentence of several words is good',
  },
  'auth/login-taken': { status: 409, says: 'Somebody already has this login name', remedy: 'Choose another' },
  'auth/user-unknown': {
    status: 404,
    says: 'No such person in this tenant',
    remedy: 'List the people with GET /api/v1/users',
  },
  'auth/last-admin': {
    status: 409,
    says: 'This would leave the tenant without an admin who can sign in',
    remedy: 'Make somebody else an admin first',
  },
  'auth/token-unknown': {
    status: 404,
    says: 'No such token in this tenant',
    remedy: 'List the tokens with GET /api/v1/tokens',
  },
  'auth/all-sites-needed': {
    status: 403,
    says: 'This concerns every site of the tenant, and the caller is limited to some',
    remedy: 'Ask somebody who may see all sites',
  },
  'auth/too-broad': {
    status: 422,
    says: 'Nobody can give away a permission or a site that they do not hold themselves',
    remedy: 'Leave out what `missing` names',
  },
} as const satisfies Record<`auth/${string}`, RefusalText>
