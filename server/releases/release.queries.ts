import type { ReleaseState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import { anywhere } from '#platform/database/pattern.ts'
import type { Scoped } from '#platform/database/store.ts'
import { bytesOf } from './artifact.queries.ts'
import type { Target } from './target.ts'

const columns = [
  'id',
  'name',
  'version',
  'state',
  'created_by',
  'created_at',
  'published_at',
  'statement_digest',
  'verdict',
  'verdict_digest',
] as const

/** A release as it is stored; what it says of publication counts only once the statement has been verified. */
export interface ReleaseRow {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly state: ReleaseState
  readonly created_by: string
  readonly created_at: Date
  readonly published_at: Date | null
  readonly statement_digest: Buffer | null
  readonly verdict: Buffer | null
  readonly verdict_digest: Buffer | null
}

/** The models of these manufacturers and names that some device of ours has. */
export const findModels = (
  { db }: Scoped,
  wanted: readonly { readonly manufacturer: string; readonly model: string }[],
): Promise<{ modelId: number; manufacturer: string; model: string }[]> =>
  db
    .selectFrom('inventory_model')
    .select(['id as modelId', 'manufacturer', 'name as model'])
    .where(
      sql<boolean>`(manufacturer, name) in (select * from unnest(
        ${wanted.map(({ manufacturer }) => manufacturer)}::text[], ${wanted.map(({ model }) => model)}::text[]))`,
    )
    .execute()

export async function insertRelease(
  { db, scope }: Scoped,
  release: {
    readonly id: string
    readonly name: string
    readonly version: string
    readonly createdBy: string
    readonly at: Date
    readonly targets: readonly Target[]
  },
): Promise<void> {
  await db
    .insertInto('releases_release')
    .values({
      tenant_id: scope.tenant,
      id: release.id,
      name: release.name,
      version: release.version,
      state: 'draft',
      created_by: release.createdBy,
      created_at: release.at,
      statement_digest: null,
      published_at: null,
      verdict: null,
      verdict_digest: null,
    })
    .execute()
  await db
    .insertInto('releases_target')
    .values(
      release.targets.map(({ modelId, hardwareRevision, sha256 }) => ({
        tenant_id: scope.tenant,
        release_id: release.id,
        model_id: modelId,
        hardware_revision: hardwareRevision,
        sha256: bytesOf(sha256),
      })),
    )
    .execute()
}

export const findRelease = ({ db }: Scoped, id: string): Promise<ReleaseRow | undefined> =>
  db.selectFrom('releases_release').select(columns).where('id', '=', id).executeTakeFirst()

/** The release, kept from being changed by others until the transaction ends. */
export const lockRelease = ({ db }: Scoped, id: string): Promise<ReleaseRow | undefined> =>
  db.selectFrom('releases_release').select(columns).where('id', '=', id).forUpdate().executeTakeFirst()

export const findTargets = ({ db }: Scoped, release: string): Promise<Target[]> =>
  db
    .selectFrom('releases_target as t')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.id', '=', 't.model_id').onRef('m.tenant_id', '=', 't.tenant_id'),
    )
    .select(['t.model_id as modelId', 'm.manufacturer', 'm.name as model', 't.hardware_revision as hardwareRevision'])
    .select(sql<string>`encode(t.sha256, 'hex')`.as('sha256'))
    .where('t.release_id', '=', release)
    .orderBy('m.manufacturer')
    .orderBy('m.name')
    .orderBy('t.hardware_revision')
    .execute()

export const changeRelease = async (
  { db }: Scoped,
  id: string,
  change: Partial<Pick<ReleaseRow, 'state' | 'published_at' | 'statement_digest' | 'verdict' | 'verdict_digest'>>,
): Promise<void> => {
  await db.updateTable('releases_release').set(change).where('id', '=', id).execute()
}

/** The models of a release, each with whether keys of its manufacturer that still count signed all that goes on it. */
const modelsOf = sql<{ manufacturer: string; model: string; isSigned: boolean }[]>`
  (select coalesce(json_agg(json_build_object('manufacturer', x.manufacturer, 'model', x.name, 'isSigned', x.is_signed)
                            order by x.manufacturer, x.name), '[]')
     from (select m.manufacturer, m.name, bool_and(exists (
                    select from releases_signature s
                      join releases_vendor_key k on k.tenant_id = s.tenant_id and k.id = s.vendor_key_id
                     where s.tenant_id = t.tenant_id and s.sha256 = t.sha256
                       and k.manufacturer = m.manufacturer and k.revoked_at is null)) as is_signed
             from releases_target t
             join inventory_model m on m.tenant_id = t.tenant_id and m.id = t.model_id
            where t.tenant_id = r.tenant_id and t.release_id = r.id group by 1, 2) x)`

/** How the test ended that gave the verdict. */
const verdictOf = sql<'passed' | 'failed' | null>`
  (select l.state from lab_run l
    where l.tenant_id = r.tenant_id and l.release_id = r.id and l.verdict_digest = r.verdict_digest limit 1)`

/** Releases newest first, starting below a place. */
export const viewReleases = (
  { db }: Scoped,
  limit: number,
  query: {
    readonly before: readonly [Date, string] | undefined
    readonly state: ReleaseState | undefined
    /** Part of name and version, as they are read together. */
    readonly text: string | undefined
  },
) =>
  db
    .selectFrom('releases_release as r')
    .select(['id', 'name', 'version', 'state', 'created_at as createdAt', 'published_at as publishedAt'])
    .select([modelsOf.as('models'), verdictOf.as('verdict')])
    .$if(query.before !== undefined, (q) =>
      q.where(sql<boolean>`(created_at, id) < (${query.before?.[0]}::timestamptz, ${query.before?.[1]}::uuid)`),
    )
    .$if(query.state !== undefined, (q) => q.where('state', '=', query.state as ReleaseState))
    .$if(query.text !== undefined, (q) =>
      q.where(sql<boolean>`name || ' ' || version ilike ${anywhere(query.text ?? '')}`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
