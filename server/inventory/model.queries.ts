import { sql } from 'kysely'
import { anywhere } from '#platform/database/pattern.ts'
import type { Scoped } from '#platform/database/store.ts'

const devices = sql<number>`(select count(*)::int from inventory_device d where d.model_id = m.id and d.state <> 'retired')`

interface Wanted {
  readonly after: number | undefined
  /** Part of manufacturer and model, as they are read together. */
  readonly text: string | undefined
}

/** The models, in the order in which they came. */
export const viewModels = ({ db }: Scoped, limit: number, { after, text }: Wanted) =>
  db
    .selectFrom('inventory_model as m')
    .select(['m.id as number', 'm.manufacturer', 'm.name', 'm.type', devices.as('devices')])
    .$if(after !== undefined, (query) => query.where('m.id', '>', after as number))
    .$if(text !== undefined, (query) =>
      query.where(sql<boolean>`m.manufacturer || ' ' || m.name ilike ${anywhere(text ?? '')}`),
    )
    .orderBy('m.id')
    .limit(limit)
    .execute()

/** A model as somebody names it. */
export interface NamedModel {
  readonly manufacturer: string
  readonly name: string
  readonly type: string
}

const manufacturers = (models: readonly NamedModel[]) => sql`${models.map(({ manufacturer }) => manufacturer)}::text[]`
const names = (models: readonly NamedModel[]) => sql`${models.map(({ name }) => name)}::text[]`
const types = (models: readonly NamedModel[]) => sql`${models.map(({ type }) => type)}::text[]`

export async function findModels({ db }: Scoped, models: readonly NamedModel[]) {
  const { rows } = await sql<NamedModel & { id: number }>`
    select m.id, m.manufacturer, m.name, m.type from inventory_model m
      join unnest(${manufacturers(models)}, ${names(models)}) as n (manufacturer, name)
        on n.manufacturer = m.manufacturer and n.name = m.name`.execute(db)
  return rows
}

/** Stores the models that are new. */
export async function insertModels({ db, scope }: Scoped, models: readonly NamedModel[]): Promise<void> {
  await sql`
    insert into inventory_model (tenant_id, manufacturer, name, type)
    select ${scope.tenant}::int, n.* from unnest(${manufacturers(models)}, ${names(models)}, ${types(models)}) as n
    on conflict (tenant_id, manufacturer, name) do nothing`.execute(db)
}

/** Says of what type these models are. */
export async function updateTypes({ db }: Scoped, models: readonly NamedModel[]): Promise<void> {
  await sql`
    update inventory_model m set type = n.type
      from unnest(${manufacturers(models)}, ${names(models)}, ${types(models)}) as n (manufacturer, name, type)
      where n.manufacturer = m.manufacturer and n.name = m.name and n.type <> m.type`.execute(db)
}
