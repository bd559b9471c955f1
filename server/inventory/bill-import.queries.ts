import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** Notes that an SBOM was sent, in the name of whoever did. */
export async function insertImport(
  { db, scope }: Scoped,
  sent: {
    readonly id: string
    readonly modelId: number
    readonly firmware: string
    /** SHA-256 of the document, in hex. */
    readonly document: string
    readonly bytes: number
    readonly at: Date
  },
): Promise<void> {
  const { kind, id, name } = scope.actor
  await db
    .insertInto('inventory_bill_import')
    .values({
      tenant_id: scope.tenant,
      id: sent.id,
      model_id: sent.modelId,
      firmware: sent.firmware,
      document: Buffer.from(sent.document, 'hex'),
      bytes: sent.bytes,
      state: 'waiting',
      stored: 0,
      ...{ actor_kind: kind, actor_id: id, actor_name: name },
      started_at: sent.at,
    })
    .execute()
}

/** Has whoever else stores an SBOM in this tenant wait until the transaction ends. */
export const holdImports = ({ db, scope }: Scoped) =>
  sql`select pg_advisory_xact_lock(hashtext('inventory_bill_import'), ${scope.tenant}::int)`.execute(db)

/** How many SBOMs have not come to their end. */
export async function countUnderWay({ db }: Scoped): Promise<number> {
  const { count } = await db
    .selectFrom('inventory_bill_import')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** When the newest SBOM was sent that has too many bytes together with those that came after it; undefined when none has. */
export async function lastTooMany({ db }: Scoped, since: Date, bytes: number): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(started_at) as at
      from (select started_at, sum(bytes) over (order by started_at desc, id desc) as bytes
              from inventory_bill_import where started_at > ${since}) newer
     where bytes > ${bytes}`.execute(db)
  return rows[0]?.at ?? undefined
}

// When an import may be begun again is told by the clock of the database, as the queue's tasks are.

/**
 * The oldest import that may be begun. One that was begun already has lost whoever did: a tenant's come one after the
 * other. Where that happened twice, perhaps because of it, it comes behind all others.
 */
export async function dueImport({ db }: Scoped): Promise<string | undefined> {
  const due = await db
    .selectFrom('inventory_bill_import')
    .select('id')
    .where('ended_at', 'is', null)
    .where(sql<boolean>`coalesce(again_at <= now(), true)`)
    .orderBy(sql`tries > 1 and state <> 'waiting'`)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return due?.id
}

/** When the next import may be begun; undefined when all have come to their end. */
export async function nextTurn({ db }: Scoped): Promise<Date | undefined> {
  const { at } = await db
    .selectFrom('inventory_bill_import')
    .select(sql<Date | null>`min(greatest(again_at, now()))`.as('at'))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return at ?? undefined
}

const withModel = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_bill_import as i')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.id', '=', 'i.model_id').onRef('m.tenant_id', '=', 'i.tenant_id'),
    )
    .select(['i.id', 'm.manufacturer', 'm.name as model', 'i.firmware', 'i.state'])
    .select(sql<string>`encode(i.document, 'hex')`.as('document'))

/** An import, held until the transaction ends, so that only one of two that work on it goes on. */
export const lockImport = (scoped: Scoped, id: string) =>
  withModel(scoped)
    .select(['i.model_id as modelId', 'i.actor_kind', 'i.actor_id', 'i.actor_name', 'i.tries'])
    .where('i.id', '=', id)
    .forUpdate('i')
    .executeTakeFirst()

/** Has whoever gives this model's firmware another bill wait until the transaction ends. */
export const holdModel = ({ db }: Scoped, modelId: number) =>
  db.selectFrom('inventory_model').select('id').where('id', '=', modelId).forNoKeyUpdate().execute()

/** Whether an SBOM of the same firmware that was sent later is its bill already. */
export const isOvertaken = async (
  { db }: Scoped,
  { id, modelId, firmware }: Pick<ImportRow, 'id' | 'modelId' | 'firmware'>,
): Promise<boolean> =>
  (await db
    .selectFrom('inventory_bill_import')
    .select('id')
    .where('model_id', '=', modelId)
    .where('firmware', '=', firmware)
    .where('state', '=', 'done')
    .where('id', '>', id)
    .limit(1)
    .executeTakeFirst()) !== undefined

export type ImportRow = NonNullable<Awaited<ReturnType<typeof lockImport>>>

/** What is stored of an import as it goes on. */
interface Change {
  readonly state: ImportRow['state']
  readonly components?: number | null
  readonly stored?: number
  readonly tries?: number
  readonly bill_id?: number
  readonly devices?: number
  readonly overtaken?: boolean
  readonly refusal_code?: string
  readonly refusal_detail?: string
  readonly ended_at?: Date
}

export const changeImport = ({ db }: Scoped, id: string, change: Change) =>
  db.updateTable('inventory_bill_import').set(change).where('id', '=', id).execute()

/** Has an import wait for so many seconds before it is begun again. */
export const waitWithImport = (
  { db }: Scoped,
  id: string,
  { seconds, ...change }: Pick<Change, 'state' | 'tries'> & { readonly seconds: number },
) =>
  db
    .updateTable('inventory_bill_import')
    .set({ ...change, components: null, stored: 0, again_at: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .where('id', '=', id)
    .execute()

/** Notes how many components are stored, unless the import is not being stored any more. */
export const noteStored = ({ db }: Scoped, id: string, stored: number) =>
  db.updateTable('inventory_bill_import').set({ stored }).where('id', '=', id).where('state', '=', 'storing').execute()

const views = (scoped: Scoped) =>
  withModel(scoped)
    .leftJoin('inventory_bill as b', (join) =>
      join.onRef('b.id', '=', 'i.bill_id').onRef('b.tenant_id', '=', 'i.tenant_id'),
    )
    .select(['i.bytes', 'i.components', 'i.stored', 'i.devices', 'i.overtaken', 'i.refusal_code', 'i.refusal_detail'])
    .select(['i.started_at as startedAt', 'i.actor_name as startedBy', 'i.ended_at as endedAt'])
    .select(sql<string | null>`encode(b.digest, 'hex')`.as('bill'))

type Row = Awaited<ReturnType<ReturnType<typeof views>['executeTakeFirstOrThrow']>>

const viewOf = ({ refusal_code: code, refusal_detail: detail, ...row }: Row) => ({
  ...row,
  refusal: code === null || detail === null ? null : { code, detail },
})

/** How far an SBOM has come; undefined when there is none of this id. */
export const viewImport = async (scoped: Scoped, id: string) => {
  const row = await views(scoped).where('i.id', '=', id).executeTakeFirst()
  return row && viewOf(row)
}

/** The SBOMs that were sent, newest first. */
export const viewImports = async (scoped: Scoped, limit: number, before: string | undefined) => {
  const rows = await views(scoped)
    .$if(before !== undefined, (query) => query.where('i.id', '<', before as string))
    .orderBy('i.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(viewOf)
}
