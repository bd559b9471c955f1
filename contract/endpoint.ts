import { z } from 'zod'
import type { Permission } from './permissions.ts'
import type { RefusalCode } from './refusals.ts'

/** Who may call: the holder of a permission, anyone who is signed in, or anyone at all. */
type May = Permission | 'signed-in' | 'anyone'

interface EndpointShape {
  /** The verb, with the same name in the operation, the event record, the CLI and the documentation. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path below the API's base, parameters in braces as OpenAPI writes them. */
  readonly path: `/${string}`
  readonly may: May
  /** One sentence: what it means to call this. */
  readonly summary: string
  readonly tag: string
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodType
  readonly reply: z.ZodType
  /** The status of success. */
  readonly status: 200 | 201 | 204
  /** How often one caller may ask in a minute; where a password can be guessed, how often it may be guessed. */
  readonly perMinute: number
  /**
   * `events`: the reply is one message of a server-sent event stream (WHATWG HTML section 9.2);
   * `upload`: the request body is bytes, taken as they come and never kept in memory as a whole.
   */
  readonly kind: 'once' | 'events' | 'upload'
  /** The media type of the request body. */
  readonly media: string
  /** The most bytes that a request body may have; for an upload, a server may be set to another number. */
  readonly maxBytes: number
  /** The endpoint that shows what this one edits: an edit says by `If-Match` which state of that it is made to. */
  readonly edits?: EndpointShape
  /** What this endpoint in particular may refuse, beside what any may. */
  readonly refusals: readonly RefusalCode[]
}

const nothing = z.strictObject({})

/** The bytes of a request body where an endpoint names no others: one mebibyte. */
export const usualBytes = 1024 * 1024

type Defaults = {
  params: typeof nothing
  query: typeof nothing
  body: z.ZodUndefined
  status: 200
  perMinute: number
  kind: 'once'
  media: string
  maxBytes: number
  refusals: readonly []
}
type Given = Omit<EndpointShape, keyof Defaults> & Partial<EndpointShape>

export type Endpoint<G extends Given = Given> = Omit<EndpointShape, keyof G | keyof Defaults> &
  Omit<Defaults, keyof G> &
  G

/** One endpoint as a value; the server, OpenAPI, the console and the CLI all read it. */
export const endpoint = <const G extends Given>(given: G): Endpoint<G> =>
  ({
    params: nothing,
    query: nothing,
    body: z.undefined(),
    status: 200,
    perMinute: 1200,
    kind: 'once',
    media: given.kind === 'upload' ? 'application/octet-stream' : 'application/json',
    maxBytes: usualBytes,
    refusals: [],
    ...given,
  }) as unknown as Endpoint<G>

/** What any endpoint has, whatever its types. */
export type AnyEndpoint = EndpointShape

/** Where the API lives on a server. */
export const apiBase = '/api/v1'

/**
 * Whether each call makes something new, so that the same call sent again would make it twice: it takes an
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 */
export const creates = ({ method, status, may, kind }: AnyEndpoint): boolean =>
  method === 'POST' && status === 201 && may !== 'anyone' && kind === 'once'
