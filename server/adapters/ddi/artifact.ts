import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BlobStore } from '#platform/blob/store.ts'
import type { OfferedArtifact } from '../port.ts'
import { allowsMatch, wantedPart } from './range.ts'

/**
 * Sends an artifact, or the part of it that is asked for (RFC 9110 section 14); no transaction is open meanwhile.
 * @param served is told when its last byte has gone out
 */
export async function sendArtifact(
  blobs: BlobStore,
  artifact: OfferedArtifact,
  { request, reply, served }: { request: FastifyRequest; reply: FastifyReply; served: () => void },
): Promise<FastifyReply> {
  const { range, 'if-range': ifRange, 'if-match': ifMatch } = request.headers
  const { length, sha1, sha256 } = artifact
  const etag = `"${sha1}"`
  const stored = await blobs.stat(sha256)
  if (stored?.length !== length) throw new Error(`The bytes of the artifact ${sha256} are not in the store`)
  reply.header('accept-ranges', 'bytes').header('etag', etag)
  if (!allowsMatch(ifMatch, etag)) return reply.code(412).send()
  const wanted = wantedPart({ range, ifRange: ifRange?.toString() }, length, etag)
  if (wanted.kind === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${length}`).send()
  const [start, end] = wanted.kind === 'part' ? [wanted.start, wanted.end] : [0, length - 1]
  if (wanted.kind === 'part') reply.code(206).header('content-range', `bytes ${start}-${end}/${length}`)
  reply.header('content-length', end - start + 1).type('application/octet-stream')
  if (request.method === 'HEAD') return reply.send()
  if (end === length - 1) reply.raw.once('finish', served)
  return reply.send(await blobs.open(sha256, { start, end }))
}
