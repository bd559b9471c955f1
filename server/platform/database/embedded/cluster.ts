/** The PostgreSQL that Suture brings along: nothing to install, nothing listening on a network, everything in one home. */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { OperatorError } from '#platform/operator-error.ts'
import { newClient } from '../client.ts'
import { installedTree, runnable } from './binaries.ts'
import { holdHome, type Log, openHome, readJson, syncDirectory, text, writeJson } from './home.ts'
import { keepRunning } from './keep.ts'
import { adoptOrLaunch, halt, isRunning, type Place, socketOf } from './postmaster.ts'
import { ensureDatabase, ensureRoles, grantAccess, type Role, roles } from './roles.ts'
import { give, ladder, NOBODY_BASE, type Rung, run, socketsIn, stateFor } from './rung.ts'

export interface Cluster {
  readonly urls: { readonly owner: string; readonly app: string; readonly worker: string; readonly signer: string }
  /** Connects the superuser to the maintenance database `postgres`. */
  readonly superuser: string
  /** Whether this PostgreSQL was already running, left behind by a launcher that died. */
  readonly adopted: boolean
  readonly pid: number
  readonly rung: Rung
  stop(): Promise<void>
}

export interface Options {
  /** The directory that holds the database, its passwords and its log. */
  readonly home: string
  /** False only in tests: a crash of the machine may then lose everything. */
  readonly durable?: boolean
  readonly log?: Log
  /** Only this rung, instead of the best that works. */
  readonly rung?: Rung
  /** Where the rung `nobody` keeps its data. */
  readonly nobodyBase?: string
  /** The PostgreSQL programs (the directory `native` of a platform's package), instead of the installed ones. */
  readonly tree?: string
}

/** What a home remembers of its cluster from one start to the next. */
interface Memory {
  readonly rung: Rung
  readonly state: string
  readonly sockets: string
  /** Whether roles and database were completed. */
  readonly ready: boolean
}

type Passwords = Readonly<Record<Role | 'postgres', string>>

/**
 * Starts, or adopts, the PostgreSQL whose data lives under `home`; the first start makes it.
 * Every failure is one Error whose sentence says what to do.
 */
export async function startEmbedded(options: Options): Promise<Cluster> {
  const log = options.log ?? (() => {})
  const durable = options.durable ?? true
  const tree = options.tree ?? (await installedTree())
  await using undo = new AsyncDisposableStack()
  const home = await openHome(options.home, log)
  undo.defer(await holdHome(home))
  const { place, programs, remembered } = await settle(home, tree, options)
  const passwords = await passwordsOf(home, place, remembered)
  if (!existsSync(place.data)) await initialise(programs.initdb, place, passwords.postgres, durable, log)

  const begin = () => adoptOrLaunch(programs.postgres, place, settings(durable), log)
  const { pid, adopted } = await begin()
  const kept = keepRunning({
    first: pid,
    isRunning: (found) => isRunning(found, place.data),
    start: async () => (await begin()).pid,
    halt: (found) => halt(found, place.data),
    log,
  })
  undo.defer(() => kept.stop())
  if (adopted) log(`adopted the PostgreSQL that was left running (process ${pid})`)

  const url = urlsBy(place.sockets, passwords)
  const superuser = url('postgres', 'postgres')
  if (!remembered?.ready) await makeRoles(superuser, url('postgres', DATABASE), passwords)
  await remember(home, remembered, { rung: place.rung, state: place.state, sockets: place.sockets, ready: true })

  const running = undo.move()
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= running.disposeAsync())
  return { urls: ofRoles(url), superuser, adopted, pid, rung: place.rung, stop }
}

/** The connections of a cluster that another process of this user may be running in a home; undefined if there is none. */
export async function urlsOf(home: string): Promise<Cluster['urls'] | undefined> {
  const memory = await readJson<Memory>(memoryOf(home))
  const passwords = await readJson<Passwords>(secretsOf(home))
  return memory?.ready && passwords && existsSync(socketOf(memory.sockets))
    ? ofRoles(urlsBy(memory.sockets, passwords))
    : undefined
}

type UrlBy = (user: Role | 'postgres', database: string) => string

const urlsBy =
  (sockets: string, passwords: Passwords): UrlBy =>
  (user, database) =>
    // Complete, because a client would take what is left out from PGPORT and PGSSLMODE.
    `postgresql://${user}:${passwords[user]}@localhost:5432/${database}?host=${encodeURIComponent(sockets)}&sslmode=disable`

const ofRoles = (url: UrlBy): Cluster['urls'] => {
  const [owner, app, worker, signer] = roles.map((role) => url(role, DATABASE)) as [string, string, string, string]
  return { owner, app, worker, signer }
}

const DATABASE = 'suture'

const settings = (durable: boolean): string[] => {
  const unsafe = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const all = [
    // One server takes some 30; what is not durable is for tests, which run several at a time.
    `max_connections=${durable ? 60 : 150}`,
    'password_encryption=scram-sha-256',
    'cluster_name=suture',
    ...(durable ? [] : unsafe),
  ]
  return all.flatMap((setting) => ['-c', setting])
}

const memoryOf = (home: string): string => join(home, 'postgres', 'cluster.json')
const secretsOf = (home: string): string => join(home, 'postgres', 'secrets.json')

async function remember(home: string, before: Memory | undefined, now: Memory): Promise<void> {
  if (JSON.stringify(before) !== JSON.stringify(now)) await writeJson(memoryOf(home), now)
}

/** Settles as whom and where PostgreSQL runs: as remembered, else on the first rung that this machine permits. */
async function settle(home: string, tree: string, options: Options) {
  const remembered = await readJson<Memory>(memoryOf(home))
  // The memory of an attempt that made no data binds nothing.
  const bound = remembered && (remembered.ready || existsSync(join(remembered.state, 'data')))
  if (bound && options.rung && options.rung !== remembered.rung) {
    throw new OperatorError(
      `The database of ${home} was made on the rung "${remembered.rung}"; it cannot run on "${options.rung}".`,
    )
  }
  const rungs = bound ? [remembered.rung] : options.rung ? [options.rung] : ladder()
  const reasons: string[] = []
  for (const rung of rungs) {
    try {
      const state = await stateFor(rung, home, options.nobodyBase ?? NOBODY_BASE, bound ? remembered.state : undefined)
      const programs = await runnable(tree, join(state, 'bin'), (postgres) => run(rung, '/', postgres, ['--version']))
      const sockets = await socketsFor(rung, state, remembered?.sockets)
      const place: Place = { rung, state, data: join(state, 'data'), sockets }
      await remember(home, remembered, { rung, state, sockets, ready: remembered?.ready ?? false })
      return { place, programs, remembered }
    } catch (cause) {
      reasons.push(`${rung}: ${text(cause)}`)
    }
  }
  throw new OperatorError(
    `The embedded PostgreSQL cannot run here (${reasons.join('; ')}). Run Suture as an ordinary user whose home and repository are its own, or set DATABASE_URL.`,
  )
}

/** sun_path holds 108 bytes with the closing zero on Linux, 104 elsewhere. */
const SOCKET_PATH_LIMIT = process.platform === 'linux' ? 107 : 103
const fits = (sockets: string) => Buffer.byteLength(socketOf(sockets)) <= SOCKET_PATH_LIMIT

/** A private directory whose path is short enough for a socket. */
async function socketsFor(rung: Rung, state: string, remembered: string | undefined): Promise<string> {
  const usual = socketsIn(rung, state)
  if (fits(usual)) return usual
  const known = remembered ? await lstat(remembered).catch(() => undefined) : undefined
  // In a directory open to all, anyone may have taken the name after a reboot.
  const owner = (await lstat(usual)).uid
  if (known?.isDirectory() && known.uid === owner && (known.mode & 0o077) === 0) return remembered as string
  const sockets = await mkdtemp(join(fits(join(tmpdir(), 'suture-XXXXXX')) ? tmpdir() : '/tmp', 'suture-'))
  await give(rung, sockets)
  return sockets
}

/** One random password per role, made before there is a database that knows them. */
async function passwordsOf(home: string, place: Place, remembered: Memory | undefined): Promise<Passwords> {
  const file = secretsOf(home)
  const known = await readJson<Passwords>(file)
  const data = existsSync(place.data)
  if (remembered?.ready && !data) {
    throw new OperatorError(
      `The database ${place.data} is gone. Restore it from a backup, or move ${home} away to start empty.`,
    )
  }
  if (data && !remembered) {
    throw new OperatorError(`${place.data} was not made by Suture. Move it away, or choose another home.`)
  }
  if (known) {
    await chmod(file, 0o600)
    return known
  }
  if (data)
    throw new OperatorError(`The passwords of the database (${file}) are gone. Restore that file from a backup.`)
  const made = Object.fromEntries(['postgres', ...roles].map((role) => [role, randomBytes(24).toString('base64url')]))
  await writeJson(file, made)
  return made as Passwords
}

/**
 * Makes the empty cluster beside its final place and moves it there when complete: a data directory that exists is whole.
 * Each attempt has its own directory, because an initdb whose launcher was killed may still be writing to the last one.
 */
async function initialise(initdb: string, place: Place, password: string, durable: boolean, log: Log): Promise<void> {
  log(`making the database in ${place.state}`)
  for (const name of await readdir(place.state)) {
    if (name.startsWith(DRAFT)) await rm(join(place.state, name), { recursive: true, force: true, maxRetries: 5 })
  }
  const draft = await mkdtemp(join(place.state, DRAFT))
  const [data, secret] = [join(draft, 'data'), join(draft, 'password')]
  await mkdir(data, { mode: 0o700 })
  await writeFile(secret, password, { mode: 0o600 })
  for (const path of [data, secret, draft]) await give(place.rung, path)
  await run(place.rung, draft, initdb, [
    ...['-D', data, '--username=postgres', `--pwfile=${secret}`, '--auth=scram-sha-256', '--encoding=UTF8', ...LOCALE],
    ...(durable ? [] : ['--no-sync']),
  ]).catch((cause: unknown) => {
    throw new OperatorError(`initdb could not make the database in ${place.state}: ${text(cause)}`)
  })
  await rename(data, place.data)
  await syncDirectory(place.state)
  await rm(draft, { recursive: true, force: true })
}
const DRAFT = 'initialising-'

/** Sorted by code point, the same on every machine, by PostgreSQL itself; macOS has no locale of that name for the rest. */
const LOCALE = [
  ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ...(process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8']),
]

async function makeRoles(maintenance: string, database: string, passwords: Passwords): Promise<void> {
  const { postgres: _, ...logins } = passwords
  await connected(maintenance, async (admin) => {
    await ensureRoles(admin, logins)
    await ensureDatabase(admin, DATABASE)
  })
  await connected(database, grantAccess)
}

async function connected(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = newClient({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
