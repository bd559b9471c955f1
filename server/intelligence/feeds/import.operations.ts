import { createHash } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import { directory, type Store } from '#platform/database/store.ts'
import type { KnowledgeDocument } from '../knowledge.ts'
import { productKey } from '../product.ts'
import {
  type Affected,
  findDocument,
  findNames,
  findRecords,
  insertDocument,
  type Knowledge,
  lockKnowledge,
  putAffected,
  putProducts,
  putRecords,
} from './knowledge.queries.ts'
import { namesIn, settle } from './names.ts'
import { readKnowledge } from './read.operations.ts'
import { recordsToStore } from './record.ts'

/** What came of a document. */
export type Imported =
  | {
      readonly kind: 'imported'
      readonly source: string
      readonly vulnerabilities: number
      readonly older: number
      readonly products: number
    }
  | { readonly kind: 'known-already'; readonly source: string }
  | { readonly kind: 'refused'; readonly because: string }

/** What the document says of each vulnerability that is stored, by the product that each name stands for. */
const affectedOf = (
  given: readonly KnowledgeDocument['vulnerabilities'][number][],
  names: ReadonlyMap<string, number>,
): readonly Affected[] =>
  given.flatMap(({ id, affected }) =>
    affected.flatMap(({ vendor, product, ranges, source }) => {
      const found = names.get(productKey(vendor, product))
      return found === undefined ? [] : { vulnerability: id, product: found, said: { source, ranges } }
    }),
  )

async function store(knowledge: Knowledge, document: KnowledgeDocument, digest: Buffer, now: Date): Promise<Imported> {
  const source = document.source.name
  await lockKnowledge(knowledge)
  if (await findDocument(knowledge, digest)) return { kind: 'known-already', source }
  const keys = namesIn(document.products)
  const found = settle(document.products, await findNames(knowledge, keys))
  if ('disputed' in found) {
    const which = found.disputed.slice(0, 20).join(', ')
    return { kind: 'refused', because: `What it calls one product is known as several: ${which}` }
  }
  const counts = { vulnerabilities: document.vulnerabilities.length, products: document.products.length }
  const id = await insertDocument(knowledge, { digest, source: document.source, now, ...counts })
  await putProducts(knowledge, found.settled, id)
  const ids = document.vulnerabilities.map((each) => each.id)
  const records = recordsToStore(document, await findRecords(knowledge, ids), now)
  await putRecords(knowledge, records, id)
  const affected = affectedOf(
    records.map(({ given }) => given),
    await findNames(knowledge, keys),
  )
  const products = await putAffected(
    knowledge,
    records.map((each) => each.id),
    affected,
    id,
  )
  return { kind: 'imported', source, vulnerabilities: records.length, older: ids.length - records.length, products }
}

/**
 * Takes a document of facts into what is known, all of it or nothing; the same bytes a second time change nothing. A
 * newer record of a vulnerability takes the place of an older one, never the reverse.
 * @param worker a store of the worker role: no other may write knowledge
 */
export async function importKnowledge(worker: Store, clock: Clock, bytes: Uint8Array): Promise<Imported> {
  const read = await readKnowledge(bytes)
  if (!read.ok) return { kind: 'refused', because: read.detail }
  const digest = createHash('sha256').update(bytes).digest()
  return directory(worker)
    .db.transaction()
    .execute((db) => store({ db }, read.value, digest, clock.now()))
}
