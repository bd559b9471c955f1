import { Readable } from 'node:stream'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '#platform/refusal.ts'

/** What the handler of an upload is given beside the rest. */
export interface Upload {
  /** The bytes as they come; ends with a Refusal when they are too many, too slow or cut short, or the caller lost the right. */
  readonly bytes: Readable
  /** How many there will be, if the client said so. */
  readonly length: number | undefined
}

const announced = ({ headers }: FastifyRequest): number | undefined =>
  headers['content-length'] === undefined ? undefined : Number(headers['content-length'])

/** Lets the routes of this room take one media type as a stream, and refuses at once what says that it is too large. */
export function takeBytes(room: FastifyInstance, { media, maxBytes }: AnyEndpoint): void {
  room.removeAllContentTypeParsers()
  room.addContentTypeParser(media, (request, payload, done) => {
    if ((announced(request) ?? 0) > maxBytes) return done(new Refusal('http/too-large', { limitBytes: maxBytes }))
    return done(null, payload)
  })
}

/** The bytes of a request that passed the door; they end when `gone` does. */
export function uploadOf({ media }: AnyEndpoint, request: FastifyRequest, gone: AbortSignal): Upload {
  const bytes = request.body
  if (!(bytes instanceof Readable)) throw new Refusal('http/media-type', { mediaType: media })
  const end = () => void bytes.destroy(gone.reason instanceof Refusal ? gone.reason : new Refusal('http/cut-short'))
  gone.addEventListener('abort', end, { once: true })
  return { bytes, length: announced(request) }
}
