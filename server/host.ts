import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createApp, crewsWith, feeds, reactions, sandboxed, turnsWith } from './app.ts'
import { type Examination, examine, type Finding } from './doctor/doctor.ts'
import { awaitsSetup, issueSetupCode, listTenants } from './platform/auth/index.ts'
import { openBlobStore } from './platform/blob/store.ts'
import { systemClock } from './platform/clock.ts'
import { baseOf, type Config } from './platform/config.ts'
import { newClient } from './platform/database/client.ts'
import { ensureRoles, grantAccess } from './platform/database/embedded/roles.ts'
import { beginSettling, markRestored as mark, usualSettle } from './platform/database/epoch.ts'
import { openDatabase, runningUrls, withDatabase } from './platform/database/open.ts'
import { openPool, type Pool } from './platform/database/pool.ts'
import { directory, Store } from './platform/database/store.ts'
import { ensureTenant, firstTenant } from './platform/database/tenant.ts'
import { watchEventLag } from './platform/events/lag.ts'
import { tellRestored } from './platform/events/restored.ts'
import { fingerprintOf } from './platform/http/certificate.ts'
import { openTls } from './platform/http/tls.ts'
import { createLog, type Log } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { OperatorError } from './platform/operator-error.ts'
import { prepareSandbox } from './platform/sandbox/launch.ts'
import { type Supervised, supervise } from './platform/supervise.ts'
import { react } from './platform/tasks/reaction.ts'
import { startWorker } from './platform/tasks/worker.ts'
import { startTicker } from './platform/ticker.ts'
import { signerHome } from './signing/index.ts'
import { runSignerProcess } from './signing/signer/process.ts'
import { rules } from './signing/signer/rules.ts'

export { type BackupSummary, backUp, restore, verifyBackup } from './backup.ts'
export { type Config, describeConfig, readConfig } from './platform/config.ts'
export { keepHeapSmall } from './platform/heap.ts'
export { OperatorError } from './platform/operator-error.ts'
export { ceremonyAt, enrol, readRoster, revoke } from './signing/signer/ceremony.ts'

/** A code that makes the first admin of a tenant, once. */
export interface SetupCode {
  readonly code: string
  readonly expiresAt: Date
}

/** A running control plane. */
export interface Server {
  /** Where it listens. */
  readonly url: string
  /** The address that people use, if it is another. */
  readonly publicUrl: string | undefined
  /** What the server shows whoever connects, when it speaks TLS itself. */
  readonly certificate:
    | { readonly isSelfSigned: boolean; readonly fingerprint: string; readonly until: Date }
    | undefined
  /** There while the first tenant has nobody who can sign in. */
  readonly setup: SetupCode | undefined
  stop(): Promise<void>
}

/** Things that were started and must be stopped, last first. */
class Started {
  readonly #log: Log
  readonly #stops: (() => Promise<void>)[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add<T>(part: T, stop: (part: T) => Promise<void>): T {
    this.#stops.push(() => stop(part))
    return part
  }

  /** Stops everything; one part that cannot be stopped does not keep the others running. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) {
      await stop().catch((error) => this.#log.error({ err: error }, 'a part did not stop'))
    }
  }
}

/** Config → database → platform → slices → listen. What was started before a failure is stopped again. */
export async function startServer(config: Config): Promise<Server> {
  const log = createLog(config.SUTURE_LOG_LEVEL)
  const started = new Started(log)
  try {
    return await start(config, log, started)
  } catch (error) {
    await started.stop()
    throw error
  }
}

const poolOn = (url: string, name: string, config: Config, log: Log): Pool =>
  openPool(url, {
    max: config.SUTURE_POOL,
    name,
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  })

async function start(config: Config, log: Log, started: Started): Promise<Server> {
  const clock = systemClock
  const metrics = createMetrics()
  await buildSandbox()
  const tls = openTls(config, clock.now())
  const { urls } = started.add(await openDatabase(config, log), (database) => database.stop())
  const store = started.add(new Store(poolOn(urls.app, 'suture api', config, log)), (part) => part.close())
  const workerPool = started.add(poolOn(urls.worker, 'suture worker', config, log), (part) => part.close())
  const workerStore = new Store(workerPool)
  const tenant = await ensureTenant(urls.owner, clock, firstTenant)
  const tenants = () => listTenants(directory(workerStore))
  await tellRestored(workerStore, clock, await tenants())
  await beginSettling(urls.owner, clock.now())
  const home = config.SUTURE_HOME
  const signerKeys = config.SUTURE_SIGNER_KEYS ?? signerHome(home).public
  const blobs = started.add(await openBlobStore(join(home, 'blobs')), (part) => part.close())
  const sbomBytes = config.SUTURE_MAX_SBOM_BYTES
  const work = { pool: workerPool, store: workerStore, clock, log, metrics, tenants }
  const outward = config.SUTURE_WEBHOOKS_TO
  const mailing = mailingOf(config)
  for (const crew of crewsWith({ signerKeys, blobs, sbomBytes, home, outward, mailing, log }))
    started.add(await startWorker({ ...work, ...crew }), (worker) => worker.stop())
  started.add(watchEventLag(work), (watch) => watch.stop())
  const reacting = startTicker({
    name: 'reactions',
    everyMs: 250,
    log,
    tenants,
    run: async (tenant) => {
      while (await react(workerStore, clock, tenant, reactions));
      return []
    },
  })
  started.add(reacting, (ticker) => ticker.stop())
  const watching = await feeds.watch({ home: config.SUTURE_HOME, store: workerStore, clock, log, tenants })
  started.add(watching, (watch) => watch.stop())
  const { SUTURE_POLL_SECONDS: pollSeconds, SUTURE_REREAD_SECONDS: rereadSeconds } = config
  const signer = startSigner(config, urls.signer, log)
  if (signer) started.add(signer, (child) => child.stop())
  const health = async () => ({
    database: await listTenants(directory(store)).then(
      () => 'ok' as const,
      () => 'down' as const,
    ),
    signer: signer?.state() ?? ('not-started' as const),
  })
  const app = started.add(
    await createApp({
      ...{ store, clock, log, metrics, health, signerKeys, home, blobs, sbomBytes, pollSeconds, outward, mailing },
      artifactBytes: config.SUTURE_MAX_ARTIFACT_BYTES,
      console: config.SUTURE_CONSOLE,
      tls,
      origin: config.SUTURE_PUBLIC_URL ?? (tls && new URL(baseOf(config))),
    }),
    (part) => part.close(),
  )
  const url = await app.listen(config.SUTURE_LISTEN).catch((error: NodeJS.ErrnoException) => {
    const { host, port } = config.SUTURE_LISTEN
    if (error.code !== 'EADDRINUSE') throw error
    throw new OperatorError(
      `Something else listens at ${host}:${port} already. Stop it, or set SUTURE_LISTEN to another port.`,
    )
  })
  // After the door is open: the first turn takes everything until then for a time in which no device was heard.
  const working = { store: workerStore, clock, home, signerKeys, pollSeconds, rereadMs: rereadSeconds * 1000 }
  for (const turn of turnsWith(working)) started.add(startTicker({ ...turn, log, tenants }), (ticker) => ticker.stop())
  const setup = (await awaitsSetup(store, tenant.id)) ? await issueSetupCode(store, clock, tenant) : undefined
  const certificate = tls && {
    isSelfSigned: tls.isSelfSigned,
    fingerprint: fingerprintOf(tls.certificate.leaf),
    until: tls.certificate.leaf.validToDate,
  }
  return { url, publicUrl: config.SUTURE_PUBLIC_URL?.origin, certificate, setup, stop: () => started.stop() }
}

/** How this server sends mail, and where its links lead; nothing where it sends none. */
function mailingOf(config: Config) {
  const { SUTURE_SMTP_URL: smtp, SUTURE_MAIL_FROM: from, SUTURE_PUBLIC_URL } = config
  if (smtp === undefined || from === undefined) return undefined
  return { smtp: new URL(smtp), from, console: SUTURE_PUBLIC_URL ?? new URL(baseOf(config)) }
}

/** The signer is a process of its own from the first version on: it gets its own connection, and no other. */
function startSigner(config: Config, url: string | undefined, log: Log): Supervised | undefined {
  if (config.SUTURE_SIGNER === 'external' || url === undefined) return undefined
  const { PATH, CREDENTIALS_DIRECTORY, SUTURE_SIGNER_PASSPHRASE } = process.env
  return supervise({
    name: 'signer',
    entry: new URL('./signing/signer/main.ts', import.meta.url),
    env: {
      PATH,
      CREDENTIALS_DIRECTORY,
      SUTURE_SIGNER_PASSPHRASE,
      SUTURE_HOME: config.SUTURE_HOME,
      SUTURE_LOG_LEVEL: config.SUTURE_LOG_LEVEL,
      SUTURE_SIGNER_DATABASE_URL: url,
    },
    log,
  })
}

/** Runs this process as the signer, for whoever gives it a user and a home of its own; ends the process. */
export const runSigner = (): Promise<void> => runSignerProcess(rules)

/** Creates a tenant if there is none of this name, and a new setup code for it; an older code stops working. */
export function setupTenant(config: Config, name = firstTenant): Promise<SetupCode> {
  const log = createLog(config.SUTURE_LOG_LEVEL)
  return withDatabase(config, log, async (urls) => {
    const tenant = await ensureTenant(urls.owner, systemClock, name)
    const store = new Store(poolOn(urls.app, 'suture setup', config, log))
    try {
      return await issueSetupCode(store, systemClock, tenant)
    } finally {
      await store.close()
    }
  })
}

/**
 * Tells Suture that its database came from a backup that others made, so that no position from before is taken for one
 * after it, and no device is given a job before it told what it runs.
 * @param settleSeconds for how long nobody new is given a job
 * @returns the new epoch, and for how long
 */
export async function markRestored(
  config: Config,
  settleSeconds = usualSettle,
): Promise<{ readonly epoch: number; readonly settleSeconds: number }> {
  if (config.DATABASE_URL === undefined && (await runningUrls(config)))
    throw new OperatorError('A server runs on this home, and its devices would get nothing. Stop it first.')
  const restored = { now: systemClock.now(), settleSeconds }
  const epoch = await withDatabase(config, createLog(config.SUTURE_LOG_LEVEL), ({ owner }) => mark(owner, restored))
  return { epoch, settleSeconds }
}

/** What became of a file of facts: a note that says so, or nothing when no server had looked at it in time. */
export interface FeedOutcome {
  readonly file: string
  readonly outcome: { readonly isRefused: boolean; readonly note: string } | undefined
}

/**
 * Puts files of facts where the server on this machine takes them in, and waits for each.
 * @param waitMs how long to wait for one, 0 for not at all
 */
export async function importFeeds(config: Config, files: readonly string[], waitMs: number): Promise<FeedOutcome[]> {
  const submitted = []
  for (const file of files) submitted.push(await feeds.submit(config.SUTURE_HOME, file))
  const outcomes = []
  for (const each of submitted)
    outcomes.push({ file: each.file, outcome: await feeds.outcome(config.SUTURE_HOME, each, waitMs) })
  return outcomes
}

/** Makes what reads untrusted bytes from these sources, unless it is there; says where it is. */
export const buildSandbox = (): Promise<readonly string[]> => prepareSandbox(sandboxed)

/** Looks at everything on this machine that could be unsafe or out of date; changes nothing. */
export const diagnose = (config: Config, what: Omit<Examination, 'readers'> = {}): Promise<Finding[]> =>
  examine(config, { ...what, readers: sandboxed })

/** The connections that `DATABASE_URL` needs beside itself, as settings. */
export type RoleSettings = Readonly<
  Record<'SUTURE_APP_DATABASE_URL' | 'SUTURE_WORKER_DATABASE_URL' | 'SUTURE_SIGNER_DATABASE_URL', string>
>

/**
 * Creates Suture's roles in the PostgreSQL that `DATABASE_URL` names, with new random passwords.
 * Doing it again changes the passwords; the connection must be allowed to create roles and must own the database.
 */
export async function initDatabase(config: Config): Promise<RoleSettings> {
  if (config.DATABASE_URL === undefined) {
    throw new OperatorError('DATABASE_URL names no PostgreSQL; the embedded one makes its own roles.')
  }
  const owner = new URL(config.DATABASE_URL)
  const passwords = { suture_app: newPassword(), suture_worker: newPassword(), suture_signer: newPassword() }
  const client = newClient({ connectionString: owner.href, application_name: 'suture db init' })
  await client.connect()
  try {
    await ensureRoles(client, passwords)
    const { rows } = await client.query<{ name: string }>('select current_user as name')
    await grantAccess(client, rows[0]?.name)
  } finally {
    await client.end()
  }
  const urlOf = (role: keyof typeof passwords) => {
    const url = new URL(owner)
    url.username = role
    url.password = passwords[role]
    return url.href
  }
  return {
    SUTURE_APP_DATABASE_URL: urlOf('suture_app'),
    SUTURE_WORKER_DATABASE_URL: urlOf('suture_worker'),
    SUTURE_SIGNER_DATABASE_URL: urlOf('suture_signer'),
  }
}

const newPassword = (): string => randomBytes(24).toString('base64url')
