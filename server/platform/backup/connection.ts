import type pg from 'pg'
import { newClient } from '#platform/database/client.ts'

/** Values as text in one form, whatever the database, the role or the environment prefer. */
const forms = ['datestyle=ISO', 'timezone=UTC', 'intervalstyle=postgres', 'bytea_output=hex', 'extra_float_digits=1']

/** Does something on a connection of its own, whose texts read the same everywhere. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = newClient({ connectionString: url, application_name: 'suture backup', keepAlive: true })
  await client.connect()
  try {
    for (const form of forms) {
      const [name, value] = form.split('=')
      await client.query('select set_config($1, $2, false)', [name, value])
    }
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Acts as a tenant in this transaction; as none where a table belongs to nobody. */
export const actAs = async (client: pg.ClientBase, tenant: number | null): Promise<void> => {
  const name = tenant === null ? '' : String(tenant)
  await client.query(`select set_config('app.tenant_id', $1, true), set_config('app.site_ids', '*', true)`, [name])
}
