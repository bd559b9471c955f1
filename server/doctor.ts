import { stat } from 'node:fs/promises'
import { release } from 'node:os'
import pg from 'pg'
import { lastBackup } from './backup.ts'
import type { Config } from './platform/config.ts'
import { externalUrls, runningUrls } from './platform/database/open.ts'
import { passphraseSource } from './signing/signer/passphrase.ts'

/** One thing that was looked at: how it is, and what to do when it is not as it should be. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly says: string
}

/** Everything that the doctor looks at: versions, and whatever deviates from safe defaults. Changes nothing. */
export async function examine(config: Config): Promise<Finding[]> {
  return [
    runtime(),
    await home(config),
    kindOfDatabase(config),
    ...(await insideDatabase(config)),
    passphrase(config),
    await backup(config),
    await server(config),
  ]
}

const runtime = (): Finding => ({
  check: 'runtime',
  state: 'ok',
  says: `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${process.platform} ${process.arch} ${release()}`,
})

async function home({ SUTURE_HOME }: Config): Promise<Finding> {
  const found = await stat(SUTURE_HOME).catch(() => undefined)
  if (!found) return { check: 'home', state: 'ok', says: `${SUTURE_HOME} will be made at the first start` }
  const mode = (found.mode & 0o777).toString(8)
  return mode === '700'
    ? { check: 'home', state: 'ok', says: `${SUTURE_HOME} is closed to other users` }
    : {
        check: 'home',
        state: 'bad',
        says: `${SUTURE_HOME} has mode ${mode}: other users can look in. Run chmod 700 ${SUTURE_HOME}`,
      }
}

const kindOfDatabase = (config: Config): Finding =>
  externalUrls(config)
    ? { check: 'database', state: 'ok', says: 'a PostgreSQL of yours' }
    : {
        check: 'database',
        state: 'warn',
        says: 'the embedded PostgreSQL, for trial: its packaging is tagged beta, it carries OpenSSL 1.1 (end of life) and speaks no TLS, so it listens on a private socket only. Set DATABASE_URL for real use',
      }

const questions = `
  select current_setting('server_version') as version,
         current_setting('server_version_num')::int >= 150000 as recent,
         current_setting('fsync') = 'on' as durable,
         (select count(*)::int from pg_roles where rolname like 'suture\\_%' and (rolsuper or rolbypassrls)) as free,
         (select count(*)::int from pg_class where relrowsecurity and not relforcerowsecurity
            and relnamespace = 'public'::regnamespace) as unforced`

interface Answers {
  readonly version: string
  readonly recent: boolean
  readonly durable: boolean
  readonly free: number
  readonly unforced: number
}

async function insideDatabase(config: Config): Promise<Finding[]> {
  const ask = async (url: string) => {
    const client = new pg.Client({ connectionString: url, application_name: 'suture doctor' })
    await client.connect()
    try {
      return (await client.query<Answers>(questions)).rows[0]
    } finally {
      await client.end()
    }
  }
  const running = await runningUrls(config)
  if (!running) {
    return [
      { check: 'connection', state: 'warn', says: 'no PostgreSQL answers here; start the server to have it examined' },
    ]
  }
  const found = await ask(running.owner).catch((error: Error) => error)
  if (found === undefined || found instanceof Error) {
    return [
      { check: 'connection', state: 'bad', says: `the database cannot be used: ${found?.message ?? 'no answer'}` },
    ]
  }
  const judge = (check: string, good: boolean, says: string, otherwise: string): Finding =>
    good ? { check, state: 'ok', says } : { check, state: 'bad', says: otherwise }
  return [
    judge(
      'version',
      found.recent,
      `PostgreSQL ${found.version}`,
      `PostgreSQL ${found.version} is older than 15, the oldest that is tested`,
    ),
    judge(
      'durability',
      found.durable,
      'commits reach the disk',
      'fsync is off: a crash of the machine can lose what was acknowledged',
    ),
    judge(
      'roles',
      found.free === 0,
      'no role of Suture can pass row-level security by',
      'a role of Suture is a superuser or has BYPASSRLS; `suture db init` says how to mend it',
    ),
    judge(
      'isolation',
      found.unforced === 0,
      'row-level security is forced on every tenant’s table',
      `${found.unforced} tables do not force row-level security`,
    ),
  ]
}

function passphrase({ SUTURE_HOME }: Config): Finding {
  const source = passphraseSource(SUTURE_HOME, process.env)
  return source.kind === 'file'
    ? {
        check: 'signer',
        state: 'warn',
        says: `the signer’s passphrase lies beside its keys (${source.path}), for trial: whoever reads the home can sign. Give SUTURE_SIGNER_PASSPHRASE or a systemd credential`,
      }
    : {
        check: 'signer',
        state: 'ok',
        says: `the signer’s passphrase comes from ${source.kind === 'environment' ? 'the environment' : 'a systemd credential'}`,
      }
}

async function backup({ SUTURE_HOME }: Config): Promise<Finding> {
  const at = await lastBackup(SUTURE_HOME)
  return at
    ? { check: 'backup', state: 'ok', says: `the last one was made ${at.toISOString()} on this machine` }
    : {
        check: 'backup',
        state: 'warn',
        says: 'none was ever made on this machine; `suture backup create FILE` makes one while the server runs',
      }
}

async function server({ SUTURE_LISTEN: { host, port } }: Config): Promise<Finding> {
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const answer = await fetch(`${base}/health`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
  if (!answer) return { check: 'server', state: 'warn', says: `no server answers at ${base}` }
  const parts = Object.entries((await answer.json()) as Record<string, string>).map(
    ([part, state]) => `${part} ${state}`,
  )
  return { check: 'server', state: answer.ok ? 'ok' : 'bad', says: `${base} answers: ${parts.join(', ')}` }
}
