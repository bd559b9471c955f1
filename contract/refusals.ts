interface RefusalText {
  /** The HTTP status that the outside world sees (RFC 9110 section 15). */
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 421 | 422 | 429 | 431 | 503
  /** What was refused and why, as one sentence. */
  readonly says: string
  /** What the caller can do about it. */
  readonly remedy: string
}

/**
 * Everything Suture can refuse, with the status, the reason and the way out.
 * Grows only here; a code is never renamed, because scripts depend on it.
 */
export const refusals = {
  'http/malformed': {
    status: 400,
    says: 'The request does not have the form this endpoint takes',
    remedy: 'Compare the fields named under `errors` with the endpoint’s schema in /openapi.json',
  },
  'http/too-deep': {
    status: 400,
    says: 'The JSON document is nested deeper than 64 levels',
    remedy: 'Send a flatter document',
  },
  'http/too-large': {
    status: 413,
    says: 'The request body is larger than this endpoint takes',
    remedy: 'Send less at once; the limit is in `limitBytes`',
  },
  'http/media-type': {
    status: 415,
    says: 'This endpoint does not take that media type',
    remedy: 'Send the one in `mediaType`, without a Content-Encoding',
  },
  'http/no-such-endpoint': {
    status: 404,
    says: 'Nothing answers at this method and path',
    remedy: 'See /openapi.json or /reference for what there is',
  },
  'http/too-many-requests': {
    status: 429,
    says: 'This caller asks more often than it may',
    remedy: 'Wait as long as the Retry-After header says',
  },
  'http/not-ready': { status: 503, says: 'The server is starting or stopping', remedy: 'Try again in a few seconds' },
  'http/bad-cursor': {
    status: 400,
    says: 'The cursor was not given out by this endpoint',
    remedy: 'Start again without a cursor',
  },
  'http/wrong-host': {
    status: 421,
    says: 'The request names a host that this server does not answer for',
    remedy: 'Use the server’s own address, or set SUTURE_PUBLIC_URL to the address that people use',
  },
  'http/too-many-streams': {
    status: 429,
    says: 'As many event streams and uploads are open as this caller, or the whole server, may have at a time',
    remedy: 'Close one, or wait; one stream carries every event of the tenant',
  },
  'http/headers-too-large': {
    status: 431,
    says: 'The address and the headers of the request are larger than 16 KiB together',
    remedy: 'Send a shorter address and fewer or shorter headers',
  },
  'http/too-slow': {
    status: 408,
    says: 'The request came too slowly: 30 seconds are allowed for its headers, and for its body 30 seconds and one more for each 64 KiB',
    remedy: 'Send it again over a faster connection, or in smaller parts',
  },
  'http/cut-short': {
    status: 400,
    says: 'The connection ended before the request body did',
    remedy: 'Send it again',
  },
  'auth/not-signed-in': {
    status: 401,
    says: 'No valid session or token came with the request',
    remedy: 'Sign in, or send `Authorization: Bearer` with a token that is neither expired nor revoked',
  },
  'auth/not-permitted': {
    status: 403,
    says: 'None of the caller’s roles holds the permission this needs',
    remedy: 'Ask an admin of the tenant for a role that holds the permission in `permission`',
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
  'auth/too-broad': {
    status: 422,
    says: 'Nobody can give away a permission or a site that they do not hold themselves',
    remedy: 'Leave out what `missing` names',
  },
  'signing/no-signer': {
    status: 503,
    says: 'The signer has never run in this home, so there are no keys to verify its statements with',
    remedy: 'Start the signer; when it runs elsewhere, copy its public.json to `signer/public.json` in SUTURE_HOME',
  },
  'input/too-large': {
    status: 413,
    says: 'The document or file is larger, or holds more, than this server reads',
    remedy: 'Send a smaller one, or have an admin raise the setting that limits it; `suture config` lists them',
  },
  'input/too-slow': {
    status: 422,
    says: 'Reading the document or file took longer than it may',
    remedy: 'Send a smaller or simpler one',
  },
  'input/too-much-memory': {
    status: 422,
    says: 'Reading the document or file took more memory than it may',
    remedy: 'Send a smaller or simpler one',
  },
  'input/too-deep': {
    status: 422,
    says: 'The document is nested deeper than 64 levels',
    remedy: 'Send a flatter document',
  },
  'input/unreadable': {
    status: 422,
    says: 'The document or file does not have the form that it should have',
    remedy: 'Mend what `detail` names; it may have been cut short on its way',
  },
  'blob/too-large': {
    status: 413,
    says: 'The file is larger than it may be here',
    remedy: 'Send a smaller one; the limit is in `limitBytes`',
  },
  'blob/other-digest': {
    status: 422,
    says: 'The bytes that arrived are not those that were announced',
    remedy: 'Send them again; `expected` and `received` hold both SHA-256 digests',
  },
} as const satisfies Record<string, RefusalText>

export type RefusalCode = keyof typeof refusals
