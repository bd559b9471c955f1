import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { apiBase } from '@suture/contract/endpoint.ts'
import { type RefusalCode, refusals } from '@suture/contract/refusals.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseAway, DatabaseSlow } from '#platform/database/away.ts'
import { Refusal } from '#platform/refusal.ts'

/** As many wrong fields as one refusal tells: a list of thousands may be wrong in each. */
const mostErrors = 100

/** What Fastify itself refuses, in the words of our catalogue. */
const ofFastify: Readonly<Record<string, RefusalCode>> = {
  FST_ERR_VALIDATION: 'http/malformed',
  FST_ERR_BAD_URL: 'http/malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'http/malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'http/malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'http/malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'http/malformed',
  FST_ERR_CTP_BODY_TOO_LARGE: 'http/too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'http/media-type',
}

/** The refusal that an error means; undefined for a fault. */
export function asRefusal(error: FastifyError | Refusal | Error, request: FastifyRequest): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof DatabaseAway) return new Refusal('http/database-away')
  if (error instanceof DatabaseSlow) return new Refusal('http/database-slow')
  const code = 'code' in error ? ofFastify[error.code] : undefined
  if (code === undefined) return undefined
  const { bodyLimit, config } = request.routeOptions
  if (code === 'http/too-large') return new Refusal(code, { limitBytes: bodyLimit })
  if (code === 'http/media-type') return new Refusal(code, { mediaType: config.media ?? 'application/json' })
  const fields = 'validation' in error ? error.validation : undefined
  if (!fields) return new Refusal(code)
  const errors = fields
    .slice(0, mostErrors)
    .map(({ instancePath, message }) => ({ field: instancePath || '/', message: message ?? '' }))
  return new Refusal(code, { errors })
}

/**
 * Tells an error to the outside world as `application/problem+json` (RFC 9457): a refusal with its code and its way
 * out, a fault with an incident id and nothing else.
 */
export function sendProblem(
  error: FastifyError | Refusal | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = asRefusal(error, request)
  // What the server refuses on purpose has no cause to look for, even when it is the server that cannot.
  const isFault = !refusal || (refusal !== error && refusals[refusal.code].status >= 500)
  if (isFault) request.log.error({ err: error, incident: request.id }, refusal?.code ?? 'fault')
  else request.log.info({ refused: refusal.code, ...refusal.detail }, 'refused')
  const body = refusal
    ? { ...refusal.detail, ...textOf(refusal.code), incident: request.id }
    : {
        type: 'about:blank',
        title: 'A fault of the server',
        status: 500,
        remedy: 'Report the incident id; the server’s log holds the cause under it',
        incident: request.id,
      }
  const wait = waitFor(refusal)
  if (wait !== undefined) reply.header('retry-after', wait)
  return reply
    .code(body.status)
    .header('content-type', 'application/problem+json')
    .serializer(JSON.stringify)
    .send(body)
}

/** In how many seconds it is worth trying again, where time alone mends it (RFC 9110 section 10.2.3). */
function waitFor(refusal: Refusal | undefined): number | undefined {
  const told = refusal?.detail.retryAfterSeconds
  if (typeof told === 'number') return told
  return refusal && refusals[refusal.code].status === 503 ? 2 : undefined
}

const textOf = (code: RefusalCode) => ({
  type: `${apiBase}/refusals#${code}`,
  title: refusals[code].says,
  status: refusals[code].status,
  remedy: refusals[code].remedy,
  code,
})

/** What Node refuses before there is a request, in the words of our catalogue. */
const ofNode: Readonly<Record<string, RefusalCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'http/too-slow',
  HPE_HEADER_OVERFLOW: 'http/headers-too-large',
}

/** Tells a client whose bytes made no request why, and hangs up. */
export function refuseAtSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const problem = { ...textOf(ofNode[error.code ?? ''] ?? 'http/malformed'), incident: randomUUID() }
    const body = JSON.stringify(problem)
    socket.write(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroy(error)
}
