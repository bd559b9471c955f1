import type { z } from 'zod'
import { type AnyEndpoint, apiBase } from './endpoint.ts'
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
  (E['body'] extends z.ZodUndefined ? unknown : { body: z.input<E['body']> })

/** What an endpoint answers. */
export type Reply<E extends AnyEndpoint> = z.output<E['reply']>

/** A refusal or a fault, as the server told it (RFC 9457). */
export class ProblemError extends Error {
  readonly problem: z.output<typeof Problem>

  constructor(problem: z.output<typeof Problem>) {
    super(`${problem.title}. ${problem.remedy}.`)
    this.name = 'ProblemError'
    this.problem = problem
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

/**
 * Calls an endpoint and parses the reply with its schema.
 * @param signal gives up waiting for the answer
 * @throws ProblemError when the server refuses
 */
export async function call<E extends AnyEndpoint>(
  to: Connection,
  endpoint: E,
  given: Arguments<E>,
  signal?: AbortSignal,
): Promise<Reply<E>> {
  const parts = given as { params?: object; query?: object; body?: unknown; bytes?: Bytes }
  const { headers, ...content } = contentOf(endpoint, parts)
  const response = await fetch(urlOf(endpoint, to.base, parts), {
    method: endpoint.method,
    headers: { ...to.headers, 'suture-client': '1', ...headers },
    ...content,
    ...(signal ? { signal } : {}),
  })
  if (response.status === 204) return undefined as Reply<E>
  const body: unknown = await response.json()
  if (!response.ok) throw new ProblemError(Problem.parse(body))
  return endpoint.reply.parse(body) as Reply<E>
}
