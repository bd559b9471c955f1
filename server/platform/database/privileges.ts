import { OperatorError } from '#platform/operator-error.ts'
import { newClient } from './client.ts'

/**
 * Refuses a connection whose role stands above row-level security: a superuser, one with BYPASSRLS, or the owner of
 * the tables. With it every tenant would see every other, and nothing would say so.
 */
export async function assertPowerless(url: string, setting: string): Promise<void> {
  const client = newClient({
    connectionString: url,
    application_name: 'suture start',
    connectionTimeoutMillis: 10_000,
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ role: string; free: boolean; owns: boolean }>(
      `select r.rolname as role, r.rolsuper or r.rolbypassrls as free,
              pg_has_role(current_user, (select relowner from pg_class where oid = to_regclass('platform_tenant')), 'usage') as owns
         from pg_roles r where r.rolname = current_user`,
    )
    const [found] = rows
    if (found && !found.free && !found.owns) return
    throw new OperatorError(
      `${setting} connects as ${found?.role ?? 'nobody'}, who stands above row-level security, so tenants would see each other. Give it the role that \`suture db init\` made.`,
    )
  } finally {
    await client.end()
  }
}
