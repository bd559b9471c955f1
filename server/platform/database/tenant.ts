import type { Clock } from '#platform/clock.ts'
import { newId, type TenantId } from '#platform/id.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { newClient } from './client.ts'

/** The tenant of an installation that has only one. */
export const firstTenant = 'main'

/**
 * Finds a tenant by name, or creates it. Only the owner of the database can: a stolen session never makes a tenant.
 * @param name lower-case letters, digits and hyphens
 */
export async function ensureTenant(
  ownerUrl: string,
  clock: Clock,
  name: string,
): Promise<{ id: TenantId; uid: string }> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    throw new OperatorError(`${name} is no name for a tenant: lower-case letters, digits and hyphens, 63 at the most.`)
  }
  const client = newClient({ connectionString: ownerUrl, application_name: 'suture tenant' })
  await client.connect()
  try {
    const now = clock.now()
    await client.query(
      'insert into platform_tenant (uid, name, created_at) values ($1, $2, $3) on conflict (name) do nothing',
      [newId(now), name, now],
    )
    const { rows } = await client.query<{ id: TenantId; uid: string }>(
      'select id, uid from platform_tenant where name = $1',
      [name],
    )
    const [tenant] = rows
    if (!tenant) throw new Error(`The tenant ${name} was not stored`)
    return tenant
  } finally {
    await client.end()
  }
}
