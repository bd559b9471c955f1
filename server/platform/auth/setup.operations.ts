import type { Clock } from '#platform/clock.ts'
import { type Store, systemScope, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type { TenantId } from '#platform/id.ts'
import { deleteCredentialsOf, insertCredential } from './credential.queries.ts'
import { newSecret } from './secret.ts'
import { hasUsers } from './user.queries.ts'

/** How long a setup code can be used. */
const setupMs = 24 * 3_600_000

/**
 * Makes the one-time code with which a tenant's first admin is made; an older code stops working.
 * For those who can read the server's own terminal: whoever holds the machine holds the tenant.
 */
export const issueSetupCode = (store: Store, clock: Clock, tenant: { readonly id: TenantId; readonly uid: string }) =>
  withScope(store, systemScope(tenant.id, 'setup'), async (scoped) => {
    const { secret, hash } = newSecret('setup')
    const expiresAt = new Date(clock.now().getTime() + setupMs)
    await deleteCredentialsOf(scoped, [tenant.uid])
    await insertCredential(scoped, { hash, kind: 'setup', subject: tenant.uid, expires: expiresAt })
    await emit(scoped, clock, {
      kind: 'setup-code.issued',
      subject: tenant.uid,
      detail: { expiresAt: expiresAt.toISOString() },
    })
    return { code: secret, expiresAt }
  })

/** Whether a tenant still waits for its first admin. */
export const awaitsSetup = (store: Store, tenant: TenantId): Promise<boolean> =>
  withScope(store, systemScope(tenant, 'setup'), async (scoped) => !(await hasUsers(scoped)))
