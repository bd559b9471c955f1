import type { z } from 'zod'
import { type AnyEndpoint, apiBase, creates } from './endpoint.ts'
import { Problem } from './problem.ts'

/** Where a server is, and what shows it who asks: headers with a token, or with a session's cookie. */
export interface Connection {
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
}

type Part<Name extends string, T extends z.ZodType> =
  Record<string, never> extends z.input<T> ? { [K in Name]?: z.input<T> } : { [K in Name]: z.input<T> }

/** Bytes to send: in memory, in a file (`openAsBlob` of node:fs, or what a page’s file input gives), or as they come. */
type Bytes = Uint8Array<ArrayBuffer> | Blob | { readonly stream: ReadableStream<Uint8Array>; readonly length: number }

/** What an endpoint takes, by the names of its parts; a part that may be empty may be left out. */
export type Arguments<E extends AnyEndpoint> = Part<'params', E['params']> &
  Part<'query', E['query']> &
  (E['kind'] extends 'upload' ? { bytes: Bytes } : unknown) &
  (E['body'] extends z.ZodUndefined ? unknown : { body: z.input<E['body']> }) &
  (E['edits'] extends AnyEndpoint ? { ifMatch: Seen } : unknown)

/** The ETag of what is edited, as `see` tells it; `*` for whatever it is now. */
type Seen = string

/** What an endpoint answers. */
export type Reply<E extends AnyEndpoint> = z.output<E['reply']>

/** A refusal or a fault, as the server told it (RFC 9457). */
export class ProblemError extends Error {
  readonly problem: z.output<typeof Problem>
  /** What to do, with the permission that is missing by its name. */
  readonly remedy: string
  /** In how many seconds it is worth asking again, where the answer said so. */
  readonly retryAfter: number | undefined

  constructor(problem: z.output<typeof Problem>, retryAfter?: number) {
    const { title, permission } = problem
    const remedy = typeof permission === 'string' ? problem.remedy.replace('`permission`', permission) : problem.remedy
    super(`${title}. ${remedy}.`)
    this.name = 'ProblemError'
    this.problem = problem
    this.remedy = remedy
    this.retryAfter = retryAfter
  }
}

const fromElsewhere = {
  title: 'was not Suture',
  remedy: 'A proxy answers so while it does not reach the server; if it lasts, see whether the address is the server’s',
}
const ofAnotherForm = {
  title: 'was not Suture, or not this version of it',
  remedy: 'See whether the address is the server’s, and whether the server is of the same version',
}

/** An answer that has not the form of Suture’s: a proxy gave it, another program, or another version. */
export class ForeignAnswer extends ProblemError {
  /** @param fault what of a reply is not as it should be, where it is one */
  constructor({ status, url }: Response, retryAfter: number | undefined, fault?: string) {
    const { title, remedy } = fault === undefined ? fromElsewhere : ofAnotherForm
    const detail = fault === undefined ? url : `${url}: ${fault}`
    const whole = `What answered, with status ${status}, ${title}`
    super({ type: 'about:blank', title: whole, status, remedy, detail, incident: 'none' }, retryAfter)
    this.name = 'ForeignAnswer'
  }
}

/** The URL of an endpoint with its parameters filled in. */
export function urlOf(endpoint: AnyEndpoint, base: string, given: { params?: object; query?: object }): URL {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((given.params as Record<string, unknown> | undefined)?.[name])),
  )
  const url = new URL(apiBase + path, base)
  for (const [name, value] of Object.entries(given.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

/** The body of a request, and the headers that describe it. */
function contentOf(endpoint: AnyEndpoint, { body, bytes }: { body?: unknown; bytes?: Bytes }) {
  const headers = { 'content-type': endpoint.media }
  if (bytes !== undefined) {
    if (bytes instanceof Blob || bytes instanceof Uint8Array) return { headers, body: bytes }
    // Half: the answer comes after the whole request (Fetch standard, RequestDuplex).
    const { stream, length } = bytes
    return { headers: { ...headers, 'content-length': String(length) }, body: stream, duplex: 'half' as const }
  }
  return body === undefined ? {} : { headers, body: JSON.stringify(body) }
}

/** A key for one call and its repetitions: 128 random bits, as the string of a structured field (RFC 8941). */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `"${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`
}

/** How long to wait before a creating call is sent again, in milliseconds. */
const pauses = [250, 1_000, 3_000]

/** Whether the same call may be answered if it is sent again: it did not arrive, or the server says so. */
const worthRepeating = ({ status, headers }: Response): boolean =>
  status === 503 || (status === 409 && headers.has('retry-after'))

const pause = (ms: number, signal: AbortSignal | null | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const leave = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }, ms)
    signal?.addEventListener('abort', leave, { once: true })
  })

/** Sends a call that makes something; whether or not an earlier sending arrived, it is done once. */
async function sendOnce(url: URL, init: RequestInit): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), 'idempotency-key': newKey() }
  for (const ms of pauses) {
    const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
      // Fetch tells by a TypeError that no answer came (Fetch standard, “network error”).
      if (error instanceof TypeError) return undefined
      throw error
    })
    if (response && !worthRepeating(response)) return response
    // Otherwise it keeps its connection.
    await response?.body?.cancel()
    await pause(ms, init.signal)
  }
  return fetch(url, { ...init, headers })
}

/** The seconds of a Retry-After; what stands in front of a server may tell a date as well (RFC 9110 section 10.2.3). */
function retryAfterOf({ headers }: Response): number | undefined {
  const told = headers.get('retry-after') ?? ''
  if (/^\d{1,9}$/.test(told)) return Number(told)
  const until = Date.parse(told)
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1_000))
}

/**
 * The JSON that was answered.
 * @throws ProblemError unless it is a reply
 */
async function bodyOf(response: Response): Promise<unknown> {
  const retryAfter = retryAfterOf(response)
  let body: unknown
  try {
    body = JSON.parse(await response.text())
  } catch (error) {
    if (error instanceof SyntaxError) throw new ForeignAnswer(response, retryAfter)
    throw error
  }
  if (response.ok) return body
  const problem = Problem.safeParse(body)
  throw problem.success ? new ProblemError(problem.data, retryAfter) : new ForeignAnswer(response, retryAfter)
}

/**
 * What an endpoint answered.
 * @throws ProblemError when the server refused, a ForeignAnswer when it was not the server that answered
 */
export async function replyOf<E extends AnyEndpoint>(endpoint: E, response: Response): Promise<Reply<E>> {
  const { success, data, error } = endpoint.reply.safeParse(await bodyOf(response))
  if (success) return data as Reply<E>
  const [{ path = [], message = '' } = {}] = error.issues
  throw new ForeignAnswer(response, undefined, `${path.join('.') || 'the reply'}: ${message}`)
}

async function send<E extends AnyEndpoint>(
  to: Connection,
  endpoint: E,
  given: Arguments<E>,
  signal: AbortSignal | undefined,
): Promise<{ reply: Reply<E>; etag: string }> {
  const parts = given as { params?: object; query?: object; body?: unknown; bytes?: Bytes; ifMatch?: Seen }
  const { headers, ...content } = contentOf(endpoint, parts)
  const ifMatch = parts.ifMatch === undefined ? {} : { 'if-match': parts.ifMatch }
  const response = await (creates(endpoint) ? sendOnce : fetch)(urlOf(endpoint, to.base, parts), {
    method: endpoint.method,
    headers: { ...to.headers, 'suture-client': '1', ...headers, ...ifMatch },
    ...content,
    ...(signal ? { signal } : {}),
  })
  const etag = response.headers.get('etag') ?? ''
  if (response.status === 204) return { reply: undefined as Reply<E>, etag }
  return { reply: await replyOf(endpoint, response), etag }
}

/**
 * Calls an endpoint and parses the reply with its schema. What makes something new is sent again by itself when no answer
 * came, and done once.
 * @param signal gives up waiting for the answer
 * @throws ProblemError when the server refuses, a ForeignAnswer when it was not the server that answered
 */
export const call = async <E extends AnyEndpoint>(
  to: Connection,
  endpoint: E,
  given: Arguments<E>,
  signal?: AbortSignal,
): Promise<Reply<E>> => (await send(to, endpoint, given, signal)).reply

/** Like `call`, for what is to be edited: with the ETag by which the edit says what was seen. */
export const see = <E extends AnyEndpoint>(
  to: Connection,
  endpoint: E,
  given: Arguments<E>,
): Promise<{ readonly reply: Reply<E>; readonly etag: string }> => send(to, endpoint, given, undefined)
