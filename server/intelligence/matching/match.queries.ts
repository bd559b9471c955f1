import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { identityOf } from './identity.ts'
import type { Explanation } from './judge.ts'

/** One transaction of a tenant matches at a time. */
export const lockMatching = ({ db, scope }: Scoped) =>
  sql`select pg_advisory_xact_lock(hashtext('intelligence/match'), ${scope.tenant})`.execute(db)

/** How much is known: the number of the last document. Read before anything else, so that what comes in later is not missed. */
export const knownUpTo = async ({ db }: Scoped): Promise<number> => {
  const { id } = await db
    .selectFrom('intelligence_document')
    .select(({ fn }) => fn.coalesce(fn.max('id'), sql<number>`0`).as('id'))
    .executeTakeFirstOrThrow()
  return id
}

/** Components that nobody has looked at yet. */
export const newComponents = ({ db }: Scoped, limit: number) =>
  db
    .selectFrom('inventory_component as c')
    .select(['c.id', 'c.supplier', 'c.name', 'c.version', 'c.cpe'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('intelligence_component as i').select('i.component_id').whereRef('i.component_id', '=', 'c.id'),
        ),
      ),
    )
    .orderBy('c.id')
    .limit(limit)
    .execute()

type NewComponent = Awaited<ReturnType<typeof newComponents>>[number]

/** Stores what these components may be recognised by. */
export function insertComponents({ db, scope }: Scoped, components: readonly NewComponent[]) {
  const found = components.map((each) => ({ id: each.id, ...identityOf(each) }))
  return sql`
    insert into intelligence_component (tenant_id, component_id, name_key, cpe_key, version_key)
    select ${scope.tenant}, c.id, c.name_key, c.cpe_key, c.version_key
      from unnest(${found.map(({ id }) => id)}::int[], ${found.map(({ nameKey }) => nameKey)}::text[],
                  ${found.map(({ cpeKey }) => cpeKey)}::text[], ${found.map(({ versionKey }) => versionKey)}::bytea[])
        as c(id, name_key, cpe_key, version_key)
    on conflict do nothing`.execute(db)
}

/** Recognises components by the names that are known now; bills with those that became another product are unjudged. */
export const recogniseComponents = ({ db }: Scoped) =>
  sql`
    with found as (
      select c.component_id, coalesce(n.product_id, k.product_id) as product_id,
             case when n.product_id is null then 'cpe' when p.key = c.name_key then 'name' else 'alias' end as identity
        from intelligence_component c
        left join intelligence_alias n on n.key = c.name_key
        left join intelligence_product p on p.id = n.product_id
        left join intelligence_alias k on k.key = c.cpe_key
       where coalesce(n.product_id, k.product_id) is distinct from c.product_id),
    recognised as (
      update intelligence_component c set product_id = f.product_id, identity = f.identity
        from found f where f.component_id = c.component_id returning c.component_id)
    delete from intelligence_bill b where b.bill_id in (
      select bc.bill_id from inventory_bill_component bc join recognised r using (component_id))`.execute(db)

/** Bills that were not judged by everything that is known about their products, and whose components were all looked at. */
export const staleBills = async ({ db }: Scoped, limit: number): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    select b.id from inventory_bill b left join intelligence_bill j on j.bill_id = b.id
     where (j.bill_id is null or exists (
             select from inventory_bill_component bc
               join intelligence_component c on c.component_id = bc.component_id
               join intelligence_product p on p.id = c.product_id
              where bc.bill_id = b.id and p.changed_in > j.document_id))
       and not exists (
             select from inventory_bill_component bc
               left join intelligence_component c on c.component_id = bc.component_id
              where bc.bill_id = b.id and c.component_id is null)
     order by b.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** What is said about the versions of the recognised components of these bills. */
export const candidatesOf = ({ db }: Scoped, bills: readonly number[]) =>
  db
    .selectFrom('intelligence_component as i')
    .innerJoin('inventory_component as c', 'c.id', 'i.component_id')
    .innerJoin('intelligence_product as p', 'p.id', 'i.product_id')
    .innerJoin('intelligence_affected as a', 'a.product_id', 'p.id')
    .innerJoin('intelligence_vulnerability as v', 'v.id', 'a.vulnerability_id')
    .innerJoin('intelligence_document as d', 'd.id', 'v.document_id')
    .select(['c.id', 'c.supplier', 'c.name', 'c.version', 'i.identity', 'p.vendor', 'p.name as product'])
    .select(['a.vulnerability_id', 'a.said', 'd.name as document'])
    .select(sql<string>`encode(d.digest, 'hex')`.as('digest'))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('inventory_bill_component as bc')
          .select('bc.bill_id')
          .whereRef('bc.component_id', '=', 'c.id')
          .where('bc.bill_id', '=', sql<number>`any(${bills}::int[])`),
      ),
    )
    .execute()

export type Candidate = Awaited<ReturnType<typeof candidatesOf>>[number]

/** A component that a vulnerability concerns, or may concern. */
export interface Concerned {
  readonly component: number
  readonly vulnerability: string
  readonly verdict: 'affected' | 'unknown'
  readonly explanation: Explanation
}

/** What became of the matches of some bills. */
export interface Changes {
  readonly made: number
  readonly changed: number
  readonly ended: number
}

/** Makes the matches of these bills exactly what follows from their components, and remembers that they were judged. */
export async function putMatches(
  { db, scope }: Scoped,
  given: {
    readonly bills: readonly number[]
    readonly concerned: readonly Concerned[]
    readonly upTo: number
    readonly now: Date
  },
): Promise<Changes> {
  const { bills, concerned, upTo, now } = given
  const { rows } = await sql<Changes>`
    with judged as (
      select j.component, j.vulnerability, j.verdict, j.explanation::jsonb
        from unnest(${concerned.map(({ component }) => component)}::int[],
                    ${concerned.map(({ vulnerability }) => vulnerability)}::text[],
                    ${concerned.map(({ verdict }) => verdict)}::text[],
                    ${concerned.map(({ explanation }) => JSON.stringify(explanation))}::text[])
          as j(component, vulnerability, verdict, explanation)),
    wanted as (
      -- One component is enough for a match; the surer and then the older one is the one that is told.
      select distinct on (bc.bill_id, j.vulnerability) bc.bill_id, j.*
        from inventory_bill_component bc join judged j on j.component = bc.component_id
       where bc.bill_id = any(${bills}::int[])
       order by bc.bill_id, j.vulnerability, j.verdict, j.component),
    ended as (
      delete from intelligence_match m where m.bill_id = any(${bills}::int[]) and not exists (
        select from wanted w where w.bill_id = m.bill_id and w.vulnerability = m.vulnerability_id)
      returning 1),
    put as (
      insert into intelligence_match (tenant_id, bill_id, vulnerability_id, component_id, verdict, explanation, matched_at)
      select ${scope.tenant}, w.bill_id, w.vulnerability, w.component, w.verdict, w.explanation, ${now} from wanted w
      on conflict (tenant_id, bill_id, vulnerability_id) do update
        set component_id = excluded.component_id, verdict = excluded.verdict, explanation = excluded.explanation
        where (intelligence_match.component_id, intelligence_match.verdict, intelligence_match.explanation)
          is distinct from (excluded.component_id, excluded.verdict, excluded.explanation)
      returning xmax = 0 as is_new),
    known as (
      insert into intelligence_bill (tenant_id, bill_id, document_id)
      select ${scope.tenant}, bill, ${upTo} from unnest(${bills}::int[]) as bill
      on conflict (tenant_id, bill_id) do update set document_id = excluded.document_id)
    select (select count(*)::int from put where is_new) as made,
           (select count(*)::int from put where not is_new) as changed,
           (select count(*)::int from ended) as ended`.execute(db)
  return rows[0] ?? { made: 0, changed: 0, ended: 0 }
}
