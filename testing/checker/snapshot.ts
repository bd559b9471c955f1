import pg from 'pg'

/** Reads as the application's own role, in one tenant, in one snapshot. */
export async function inSnapshot<T>(url: string, tenant: string, read: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query(
      `select set_config('app.tenant_id', id::text, true), set_config('app.site_ids', '*', true)
         from platform_tenant where uid = $1`,
      [tenant],
    )
    return await read(client)
  } finally {
    await client.end()
  }
}
