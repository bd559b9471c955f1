import { sql } from 'kysely'
import type { Directory, Scoped } from '#platform/database/store.ts'
import type { SecretKind } from './secret.ts'

/** Which tenant and which session, token or invitation a shown secret stands for, if it has not expired. */
export const findCredential = ({ db }: Directory, hash: Buffer, kind: SecretKind, now: Date) =>
  db
    .selectFrom('platform_credential as c')
    .innerJoin('platform_tenant as t', 't.id', 'c.tenant_id')
    .select(['c.tenant_id', 'c.subject', 't.uid as tenant_uid', 't.name as tenant_name'])
    .where('c.hash', '=', hash)
    .where('c.kind', '=', kind)
    .where((eb) => eb.or([eb('c.expires_at', 'is', null), eb('c.expires_at', '>', now)]))
    .executeTakeFirst()

/** Whose login name this is; names are unique over all tenants. */
export const findLogin = ({ db }: Directory, login: string) =>
  db
    .selectFrom('platform_login as l')
    .innerJoin('platform_tenant as t', 't.id', 'l.tenant_id')
    .select(['l.tenant_id', 'l.user_id', 't.uid as tenant_uid', 't.name as tenant_name'])
    .where('l.login', '=', login.trim().toLowerCase())
    .executeTakeFirst()

/** Every tenant; for workers, which visit them one after another. */
export const listTenants = ({ db }: Directory) =>
  db.selectFrom('platform_tenant').select(['id', 'uid', 'name']).orderBy('id').execute()

export const insertCredential = (
  { db, scope }: Scoped,
  credential: { readonly hash: Buffer; readonly kind: SecretKind; readonly subject: string; readonly expires: Date },
) =>
  db
    .insertInto('platform_credential')
    .values({
      hash: credential.hash,
      tenant_id: scope.tenant,
      kind: credential.kind,
      subject: credential.subject,
      expires_at: credential.expires,
    })
    .execute()

/** Uses a one-time code up; of two callers with the same code, one finds it gone. */
export const takeCredential = ({ db, scope }: Scoped, hash: Buffer, kind: SecretKind) =>
  db
    .deleteFrom('platform_credential')
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .where('tenant_id', '=', scope.tenant)
    .returning('subject')
    .executeTakeFirst()

export const deleteCredentialsOf = ({ db, scope }: Scoped, subjects: readonly string[]) =>
  db
    .deleteFrom('platform_credential')
    .where('tenant_id', '=', scope.tenant)
    .where(sql<boolean>`subject = any(${subjects as string[]}::uuid[])`)
    .execute()

/** Claims a login name for a person; false when somebody has it. */
export async function claimLogin({ db, scope }: Scoped, login: string, userId: string): Promise<boolean> {
  const row = await db
    .insertInto('platform_login')
    .values({ login, tenant_id: scope.tenant, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('login')
    .executeTakeFirst()
  return row !== undefined
}

/** Removes the credentials of a tenant whose time is over; how many there were. */
export async function deleteExpiredCredentials({ db, scope }: Scoped, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('platform_credential')
    .where('tenant_id', '=', scope.tenant)
    .where('expires_at', '<', now)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
