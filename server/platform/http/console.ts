import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sessionCookie } from './caller.ts'

/** Answers whoever asks for a page; false when the request asks for something else. */
export type Pages = (request: FastifyRequest, reply: FastifyReply) => boolean

/** What the page may load and from where: itself alone, and no code from strings. */
const policyFor = (nonce: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // React sets the `style` attribute through the object model; nothing else does.
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** The pages for whoever is not signed in yet. */
const doors = new Set(['/sign-in', '/setup', '/invitation'])

/** Where somebody without a session is sent first, and from where they come back. */
function signInFirst({ url, cookies }: FastifyRequest, secure: boolean): string | undefined {
  if (doors.has(url.split('?', 1)[0] ?? '') || cookies[sessionCookie(secure)] !== undefined) return undefined
  return url === '/' ? '/sign-in' : `/sign-in?back=${encodeURIComponent(url)}`
}

/**
 * Serves the built console: its files, whose names change with their content, and the one page that is at every
 * address which no endpoint has.
 * @param folder as `vite build` leaves it
 * @param secure whether people reach this server by TLS
 */
export async function serveConsole(app: FastifyInstance, folder: string, secure: boolean): Promise<Pages> {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  await app.register(files, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '1y',
    index: false,
    decorateReply: false,
    schemaHide: true,
  })
  // Pages that are not the console’s, such as the API’s reference, are asked for an icon here.
  const icon = readdirSync(join(folder, 'assets')).find((name) => /^mark-[\w-]+\.svg$/.test(name))
  if (icon !== undefined)
    app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) => reply.redirect(`/assets/${icon}`, 301))
  return (request, reply) => {
    if (!asksForPage(request)) return false
    const door = signInFirst(request, secure)
    if (door !== undefined) {
      void reply.redirect(door)
      return true
    }
    const nonce = randomBytes(16).toString('base64')
    void reply
      .code(200)
      .header('content-security-policy', policyFor(nonce))
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page.replaceAll('__NONCE__', nonce))
    return true
  }
}

/** A browser that goes to an address says that it takes HTML, which no client of the API or of a device protocol does. */
const asksForPage = ({ method, headers, url }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  (headers.accept ?? '').includes('text/html') &&
  !url.startsWith('/api/') &&
  !url.startsWith('/assets/')
