import type { Permission } from '@suture/contract/permissions.ts'
import type { Role } from '@suture/contract/roles.ts'
import type { FastifyRequest } from 'fastify'
import type { Scope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'

/** Who makes a request: their scope, and what they may do. */
export interface Caller {
  readonly scope: Scope
  /** The tenant as the outside knows it; its row number stays inside. */
  readonly tenant: { readonly id: string; readonly name: string }
  readonly roles: readonly Role[]
  readonly permissions: ReadonlySet<Permission>
  /** SHA-256 of the session's or token's secret. */
  readonly credential: Buffer
}

/** What concerns every site, as the record, a gateway or the evidence of a rollout does, nobody does who is kept from some. */
export function mustSeeAllSites({ sites }: Scope): void {
  if (sites !== 'all') throw new Refusal('auth/all-sites-needed')
}

/**
 * Finds the caller behind a session cookie or a bearer token; injected, so that HTTP knows nothing of accounts.
 * @param why `check` asks whether the secret still works, and does not count as a use of the session
 */
export type Authenticate = (
  secret: string,
  kind: 'session' | 'token',
  why?: 'use' | 'check',
) => Promise<Caller | undefined>

/** The session's cookie. `__Host-` binds it to this host, and needs TLS (RFC 6265bis section 4.1.3.2). */
export const sessionCookie = (secure: boolean): string => (secure ? '__Host-suture' : 'suture')

/** The secret that came with a request; a bearer token wins over a cookie. */
export function secretOf(
  request: FastifyRequest,
  secure: boolean,
): { secret: string; kind: 'session' | 'token' } | undefined {
  const bearer = /^Bearer ([\w-]{16,200})$/.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return { secret: bearer, kind: 'token' }
  const cookie = request.cookies[sessionCookie(secure)]
  return cookie === undefined ? undefined : { secret: cookie, kind: 'session' }
}

/** Whether people reach this server by TLS. */
export const isSecure = (origin: URL | undefined): boolean => origin?.protocol === 'https:'

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)

/**
 * Whether the request names a host that is ours: the public one, or this machine itself. Any other name that leads
 * here belongs to somebody who wants a browser to take our answers for theirs (DNS rebinding).
 */
export function isOurHost(host: string | undefined, origin: URL | undefined): boolean {
  const named = URL.parse(`http://${host}`)
  return named !== null && (named.host === origin?.host || isLoopback(named.hostname))
}

/**
 * Whether a request that changes something may have been made by another site's page: a browser says where it comes
 * from (Fetch Metadata, Origin), and a page of another origin cannot set our header without asking first.
 */
export function mayBeCrossSite(request: FastifyRequest, ours: URL | undefined): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = request.headers
  if (origin !== undefined && origin !== ours?.origin && origin !== `${request.protocol}://${host}`) return true
  return request.headers['suture-client'] === undefined
}
