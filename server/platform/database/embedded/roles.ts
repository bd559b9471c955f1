/** The database roles Suture runs as, none of which can step around row level security. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'
import { OperatorError } from '#platform/operator-error.ts'

/** Owner migrates, app serves requests, worker runs tasks, signer signs. */
export const roles = ['suture_owner', 'suture_app', 'suture_worker', 'suture_signer'] as const
export type Role = (typeof roles)[number]

/**
 * Makes the named roles logins with these passwords, whatever a previous attempt left behind.
 * The connection needs CREATEROLE. Throws if a role that already exists could step around row level security.
 */
export async function ensureRoles(
  admin: ClientBase,
  passwords: Readonly<Partial<Record<Role, string>>>,
): Promise<void> {
  for (const [role, password] of Object.entries(passwords)) {
    const { rows } = await admin.query('select rolsuper or rolbypassrls as free from pg_roles where rolname = $1', [
      role,
    ])
    if (rows[0]?.free) {
      throw new OperatorError(
        `The role ${role} is a superuser or has BYPASSRLS. Run "alter role ${role} nosuperuser nobypassrls".`,
      )
    }
    // Altering says nothing of SUPERUSER, which only a superuser may mention.
    const verb = rows.length > 0 ? 'alter role' : 'create role'
    await admin.query(`${verb} ${escapeIdentifier(role)} login password ${escapeLiteral(scramVerifier(password))}`)
  }
}

/** Makes the database, owned by `suture_owner`, unless it exists. */
export async function ensureDatabase(admin: ClientBase, name: string): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
  if (rowCount === 0) await admin.query(`create database ${escapeIdentifier(name)} owner suture_owner`)
}

/**
 * Opens the connected database to Suture's roles and closes it to everyone else.
 * The worker may create schemas because graphile-worker makes its own.
 */
export async function grantAccess(admin: ClientBase, owner = 'suture_owner'): Promise<void> {
  const { rows } = await admin.query<{ name: string }>('select current_database() as name')
  const database = escapeIdentifier(rows[0]?.name ?? '')
  await admin.query(`
    revoke all on database ${database} from public;
    grant connect on database ${database} to ${[owner, ...roles.slice(1)].map(escapeIdentifier).join(', ')};
    grant create on database ${database} to suture_worker;
    revoke create on schema public from public;
    alter schema public owner to ${escapeIdentifier(owner)}`)
}

/** What PostgreSQL stores for a password (RFC 5803): sent instead of it, so that no log can hold the password. */
function scramVerifier(password: string): string {
  const [salt, iterations] = [randomBytes(16), 4096]
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256')
  const key = (label: string) => createHmac('sha256', salted).update(label).digest()
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${key('Server Key').toString('base64')}`
}
