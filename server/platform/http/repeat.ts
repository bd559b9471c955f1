import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { together } from '#platform/database/together.ts'
import { Refusal } from '#platform/refusal.ts'
import { findAnswer, holdKey, keepAnswer, type Place } from './answer.queries.ts'

/** How long an answer is kept, in milliseconds: a client that was cut off comes back within a day, or not at all. */
export const answerLifeMs = 24 * 3_600_000

/** A creating call that came with a key. */
export interface Keyed {
  readonly place: Place
  /** SHA-256 of what was asked for: the same key with another request is a mistake of the client. */
  readonly request: Buffer
  /** What the answer is sealed with: made of the key and the caller’s secret, and never stored. */
  readonly seal: Buffer
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * The key of a request (draft-ietf-httpapi-idempotency-key-header-07 section 2.1), whose quotes may be left out.
 * @param secret the session’s or token’s secret
 */
export function keyedBy(
  endpoint: AnyEndpoint,
  { headers, url, body }: FastifyRequest,
  secret: string,
): Keyed | undefined {
  const given = headers['idempotency-key']?.toString().replace(/^"(.*)"$/, '$1')
  if (given === undefined) return undefined
  return {
    place: { endpoint: endpoint.id, key: sha256(given) },
    request: sha256(JSON.stringify([url, body ?? null])),
    seal: Buffer.from(hkdfSync('sha256', secret, given, 'suture answer', 32)),
  }
}

function sealed(text: string, { seal, request }: Keyed): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', seal, nonce).setAAD(request)
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** @throws Refusal when another secret than the one that asked is to open it */
function opened(answer: Buffer, { seal, request }: Keyed): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', seal, answer.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(request).setAuthTag(answer.subarray(-16))
    return decipher.update(answer.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    throw new Refusal('http/answer-sealed')
  }
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly scope: Scope
  readonly keyed: Keyed
}

const keptSince = ({ clock }: Parts): Date => new Date(clock.now().getTime() - answerLifeMs)

/** What an earlier call under the key was answered; undefined when there was none. */
async function earlier(parts: Parts): Promise<string | undefined> {
  const { store, scope, keyed } = parts
  const found = await withScope(store, scope, (scoped) => findAnswer(scoped, keyed.place, keptSince(parts)))
  if (!found) return undefined
  if (!found.request.equals(keyed.request)) throw new Refusal('http/key-reused')
  return opened(found.answer, keyed)
}

/** Takes the key for one transaction; who comes while it is taken, or has just been used, is to come again. */
const take = (parts: Parts, store: Store): Promise<void> =>
  withScope(store, parts.scope, async (scoped) => {
    const { place } = parts.keyed
    if (!(await holdKey(scoped, place)) || (await findAnswer(scoped, place, keptSince(parts))))
      throw new Refusal('http/still-working', { retryAfterSeconds: 1 })
  })

/**
 * Does what a creating call asks for, unless the same call under the same key was done before: then the answer of that
 * is given again. The effect and its answer are one transaction, so there is never one without the other.
 * @param create what it does in the database, with the given store alone
 * @throws Refusal when the key is in use, or came with another request; what `create` refuses is not kept
 */
export async function answerOnce(parts: Parts, create: (store: Store) => Promise<string>): Promise<string> {
  const { clock, scope, keyed } = parts
  const before = await earlier(parts)
  if (before !== undefined) return before
  const transaction = together(parts.store, (store) => take(parts, store))
  try {
    const text = await create(transaction.store)
    if (!transaction.isOpen()) throw new Error('What was created is not in the transaction of its answer')
    const kept = { request: keyed.request, answer: sealed(text, keyed), at: clock.now() }
    await withScope(transaction.store, scope, (scoped) => keepAnswer(scoped, keyed.place, kept))
    await transaction.commit()
    return text
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}
