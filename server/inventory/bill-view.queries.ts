import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

const devicesOf = (bill: string) =>
  sql<number>`(select count(*)::int from inventory_device d where d.bill_id = ${sql.ref(bill)} and d.state <> 'retired')`
const componentsOf = (bill: string) =>
  sql<number>`(select count(*)::int from inventory_bill_component c where c.bill_id = ${sql.ref(bill)})`

const selectBill = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_bill as b')
    .select([
      'b.id as number',
      'b.digest',
      'b.created_at',
      componentsOf('b.id').as('components'),
      devicesOf('b.id').as('devices'),
    ])

type BillRow = Awaited<ReturnType<ReturnType<typeof selectBill>['executeTakeFirstOrThrow']>>

const billView = ({ number, digest, created_at, components, devices }: BillRow) => ({
  number,
  id: digest.toString('hex'),
  createdAt: created_at,
  components,
  devices,
})

/** The bills, newest first. */
export const viewBills = async (scoped: Scoped, limit: number, before: number | undefined) => {
  const rows = await selectBill(scoped)
    .$if(before !== undefined, (query) => query.where('b.id', '<', before as number))
    .orderBy('b.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(billView)
}

/** One bill with a page of its components; undefined when there is none of this digest. */
export const viewBill = async (scoped: Scoped, digest: string, limit: number, after: number) => {
  const row = await selectBill(scoped).where('b.digest', '=', Buffer.from(digest, 'hex')).executeTakeFirst()
  if (!row) return undefined
  const firmwares = await scoped.db
    .selectFrom('inventory_firmware as f')
    .innerJoin('inventory_model as m', 'm.id', 'f.model_id')
    .select(['m.manufacturer', 'm.name as model', 'f.version'])
    .where('f.bill_id', '=', row.number)
    .orderBy('m.id')
    .orderBy('f.version')
    .limit(500)
    .execute()
  const components = await scoped.db
    .selectFrom('inventory_bill_component as b')
    .innerJoin('inventory_component as c', 'c.id', 'b.component_id')
    .select(['c.id as number', 'c.supplier', 'c.name', 'c.version', 'c.purl', 'c.cpe'])
    .where('b.bill_id', '=', row.number)
    .where('c.id', '>', after)
    .orderBy('c.id')
    .limit(limit)
    .execute()
  return { ...billView(row), firmwares, listed: components }
}
