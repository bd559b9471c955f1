import { type Kysely, sql } from 'kysely'
import type { DirectoryTables } from '#platform/database/schema.ts'
import type { Said } from '../matching/judge.ts'
import type { Settled } from './names.ts'
import type { StoredRecord, VulnerabilityRecord } from './record.ts'

/** A transaction on what is known; knowledge belongs to no tenant. */
export interface Knowledge {
  readonly db: Kysely<DirectoryTables>
}

/** One document is taken in at a time, so that their numbers are in the order in which they are seen. */
export const lockKnowledge = ({ db }: Knowledge) =>
  sql`select pg_advisory_xact_lock(hashtext('intelligence/import'))`.execute(db)

export const findDocument = ({ db }: Knowledge, digest: Buffer) =>
  db.selectFrom('intelligence_document').select('id').where('digest', '=', digest).executeTakeFirst()

interface NewDocument {
  readonly digest: Buffer
  readonly source: {
    readonly name: string
    readonly url: string
    readonly licence: string
    readonly retrieved: string
  }
  readonly now: Date
  readonly vulnerabilities: number
  readonly products: number
}

export const insertDocument = async ({ db }: Knowledge, { digest, source, now, ...counts }: NewDocument) => {
  const { name, url, licence, retrieved } = source
  const { id } = await db
    .insertInto('intelligence_document')
    .values({
      digest,
      name,
      source: JSON.stringify({ name, url, licence }),
      retrieved_at: new Date(retrieved),
      imported_at: now,
      ...counts,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The product that each of these keys stands for. */
export const findNames = async ({ db }: Knowledge, keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const rows = await db
    .selectFrom('intelligence_alias')
    .select(['key', 'product_id'])
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute()
  return new Map(rows.map(({ key, product_id }) => [key, product_id]))
}

/** Stores the products that are new, and every name of each. */
export async function putProducts({ db }: Knowledge, settled: readonly Settled[], document: number): Promise<void> {
  const added = settled.filter(({ known }) => known === undefined)
  await sql`
    insert into intelligence_product (key, vendor, name, scheme, changed_in)
    select key, vendor, name, 'generic', ${document}
      from unnest(${added.map(({ key }) => key)}::text[], ${added.map(({ vendor }) => vendor)}::text[],
                  ${added.map(({ name }) => name)}::text[]) as p(key, vendor, name)`.execute(db)
  const names = settled.flatMap(({ key, keys, known }) => keys.map((alias) => ({ alias, key, known: known ?? null })))
  await sql`
    insert into intelligence_alias (key, product_id)
    select n.alias, coalesce(n.known, p.id)
      from unnest(${names.map(({ alias }) => alias)}::text[], ${names.map(({ key }) => key)}::text[],
                  ${names.map(({ known }) => known)}::int[]) as n(alias, key, known)
      left join intelligence_product p on p.key = n.key
    on conflict (key) do nothing`.execute(db)
}

const known = <T>(value: T | null, at: Date | null) =>
  value === null || at === null ? undefined : { value, knownAt: at }

/** What is stored of these vulnerabilities. */
export async function findRecords(
  { db }: Knowledge,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredRecord>> {
  const rows = await db
    .selectFrom('intelligence_vulnerability as v')
    .innerJoin('intelligence_document as d', 'd.id', 'v.document_id')
    .selectAll('v')
    .select('d.retrieved_at')
    .where('v.id', '=', sql<string>`any(${ids}::text[])`)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        modified: row.modified_at,
        retrieved: row.retrieved_at,
        knownAt: row.known_at,
        listed: known(row.listed_at, row.listing_known_at),
        automatable: known(row.automatable, row.automatable_known_at),
        technicalImpact: known(row.technical_impact, row.technical_impact_known_at),
      },
    ]),
  )
}

const asRow = (record: VulnerabilityRecord) => ({
  id: record.id,
  published_at: record.published,
  modified_at: record.modified,
  known_at: record.knownAt,
  listed_at: record.listed?.value,
  listing_known_at: record.listed?.knownAt,
  automatable: record.automatable?.value,
  automatable_known_at: record.automatable?.knownAt,
  technical_impact: record.technicalImpact?.value,
  technical_impact_known_at: record.technicalImpact?.knownAt,
  base_score: record.baseScore,
  facts: record.facts,
})

/** Stores records, in the place of older ones. */
export const putRecords = ({ db }: Knowledge, records: readonly VulnerabilityRecord[], document: number) =>
  sql`
    insert into intelligence_vulnerability (id, document_id, published_at, modified_at, known_at, listed_at,
      listing_known_at, automatable, automatable_known_at, technical_impact, technical_impact_known_at, base_score, facts)
    select r.id, ${document}, r.published_at, r.modified_at, r.known_at, r.listed_at, r.listing_known_at,
           r.automatable, r.automatable_known_at, r.technical_impact, r.technical_impact_known_at, r.base_score, r.facts
      from jsonb_to_recordset(${JSON.stringify(records.map(asRow))}::jsonb) as r(id text, published_at timestamptz,
           modified_at timestamptz, known_at timestamptz, listed_at text, listing_known_at timestamptz, automatable text,
           automatable_known_at timestamptz, technical_impact text, technical_impact_known_at timestamptz,
           base_score numeric, facts jsonb)
    on conflict (id) do update set document_id = excluded.document_id, published_at = excluded.published_at,
      modified_at = excluded.modified_at, listed_at = excluded.listed_at, listing_known_at = excluded.listing_known_at,
      automatable = excluded.automatable, automatable_known_at = excluded.automatable_known_at,
      technical_impact = excluded.technical_impact, technical_impact_known_at = excluded.technical_impact_known_at,
      base_score = excluded.base_score, facts = excluded.facts`.execute(db)

/** What is said about the versions of a product, by the vulnerability it is said of. */
export interface Affected {
  readonly vulnerability: string
  readonly product: number
  readonly said: Said
}

/**
 * Makes what is said of these vulnerabilities exactly this, and marks the products for which that is something else
 * than before: only bills with those are judged again.
 * @returns how many products were marked
 */
export async function putAffected(
  { db }: Knowledge,
  vulnerabilities: readonly string[],
  affected: readonly Affected[],
  document: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    with given as (
      select g.vulnerability, g.product, g.said from jsonb_to_recordset(${JSON.stringify(affected)}::jsonb)
        as g(vulnerability text, product int, said jsonb)),
    gone as (
      delete from intelligence_affected a where a.vulnerability_id = any(${vulnerabilities}::text[])
         and not exists (select from given g where g.vulnerability = a.vulnerability_id and g.product = a.product_id)
      returning a.product_id),
    put as (
      insert into intelligence_affected (vulnerability_id, product_id, said)
      select g.vulnerability, g.product, g.said from given g
      on conflict (vulnerability_id, product_id) do update set said = excluded.said
        where intelligence_affected.said is distinct from excluded.said
      returning product_id)
    update intelligence_product p set changed_in = ${document}
     where p.id in (select product_id from gone union select product_id from put)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
