import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

export const isKnownVulnerability = async ({ db }: Scoped, id: string): Promise<boolean> =>
  (await db.selectFrom('intelligence_vulnerability').select('id').where('id', '=', id).executeTakeFirst()) !== undefined

/** The bill of a device, or the bill of a digest, if the caller may see it. */
export async function findBill(
  { db }: Scoped,
  { device, bill }: { readonly device?: string | undefined; readonly bill?: string | undefined },
) {
  const bills = db.selectFrom('inventory_bill as b').select(['b.id', sql<string>`encode(b.digest, 'hex')`.as('digest')])
  if (device !== undefined)
    return bills.innerJoin('inventory_device as i', 'i.bill_id', 'b.id').where('i.uid', '=', device).executeTakeFirst()
  return bills.where('b.digest', '=', Buffer.from(bill ?? '', 'hex')).executeTakeFirst()
}

/** The components of a bill that are of a product that the vulnerability is about, with what is said of it. */
export const concernedComponents = ({ db }: Scoped, bill: number, vulnerability: string) =>
  db
    .selectFrom('inventory_bill_component as bc')
    .innerJoin('inventory_component as c', 'c.id', 'bc.component_id')
    .innerJoin('intelligence_component as i', 'i.component_id', 'c.id')
    .innerJoin('intelligence_product as p', 'p.id', 'i.product_id')
    .innerJoin('intelligence_affected as a', 'a.product_id', 'p.id')
    .innerJoin('intelligence_vulnerability as v', 'v.id', 'a.vulnerability_id')
    .innerJoin('intelligence_document as d', 'd.id', 'v.document_id')
    .select(['c.supplier', 'c.name', 'c.version', 'i.identity', 'p.vendor', 'p.name as product', 'a.said'])
    .select(['d.name as document', sql<string>`encode(d.digest, 'hex')`.as('digest')])
    .where('bc.bill_id', '=', bill)
    .where('v.id', '=', vulnerability)
    .orderBy('c.id')
    .limit(500)
    .execute()

/** How many components of a bill were recognised as some product, and how many as none. */
export const countComponents = ({ db }: Scoped, bill: number) =>
  db
    .selectFrom('inventory_bill_component as bc')
    .leftJoin('intelligence_component as i', 'i.component_id', 'bc.component_id')
    .select([
      sql<number>`(count(i.product_id))::int`.as('recognised'),
      sql<number>`(count(*) - count(i.product_id))::int`.as('unrecognised'),
    ])
    .where('bc.bill_id', '=', bill)
    .executeTakeFirstOrThrow()

export const someUnrecognised = ({ db }: Scoped, bill: number, limit: number) =>
  db
    .selectFrom('inventory_bill_component as bc')
    .innerJoin('inventory_component as c', 'c.id', 'bc.component_id')
    .leftJoin('intelligence_component as i', 'i.component_id', 'c.id')
    .select(['c.supplier', 'c.name', 'c.version'])
    .where('bc.bill_id', '=', bill)
    .where('i.product_id', 'is', null)
    .orderBy('c.id')
    .limit(limit)
    .execute()
