/** One PostgreSQL server process: found, started, awaited, stopped. */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { OperatorError } from '#platform/operator-error.ts'
import { type Log, text } from './home.ts'
import { command, type Rung, spawnAs } from './rung.ts'

/** Where one cluster lives, and as whom. */
export interface Place {
  readonly rung: Rung
  /** The parent of `data`; the log file is there too. */
  readonly state: string
  readonly data: string
  readonly sockets: string
}

/** The port is only part of the socket's name: nothing listens on a network. */
const SOCKET = '.s.PGSQL.5432'
export const socketOf = (sockets: string): string => join(sockets, SOCKET)

const logOf = (state: string): string => join(state, 'postgres.log')

/** What `postmaster.pid` says (PostgreSQL's src/include/utils/pidfile.h): line 1 is the pid, line 8 the status. */
async function pidFile(data: string): Promise<{ pid: number; status: string } | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number.parseInt(lines[0] ?? '', 10)
  return pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined
}

/**
 * Whether a process is the PostgreSQL of this data directory, judged by its command line.
 * Its /proc entry's cwd and exe would be surer, but a root without CAP_SYS_PTRACE (Docker) may not read nobody's.
 */
async function serves(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const ps = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
    return ps.stdout.includes(`postgres -D ${data} `)
  }
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return basename(argv[0] ?? '') === 'postgres' && argv[1] === '-D' && argv[2] === data
}

/** Whether a PostgreSQL that was found or started here still runs; cheap enough to be asked several times a second. */
export async function isRunning(pid: number, data: string): Promise<boolean> {
  // A process that has ended and waits to be buried is there for a signal, and has no command line.
  if (process.platform === 'linux') return serves(pid, data)
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * What the pid file means: a PostgreSQL that a dead launcher left running and that accepts connections, or a pid that is
 * surely not our server's.
 */
async function inspect({ data, sockets }: Place): Promise<{ orphan?: number; stale?: number }> {
  for (;;) {
    const found = await pidFile(data)
    if (!found) return {}
    if (!(await serves(found.pid, data))) return { stale: found.pid }
    if (found.status === 'ready') {
      if (existsSync(socketOf(sockets))) return { orphan: found.pid }
      // Its socket was cleared away: nobody can reach it any more.
      await halt(found.pid, data)
      return { stale: found.pid }
    }
    // It is starting, or about to be gone.
    await sleep(20)
  }
}

/** Finds PostgreSQL running on this data, or starts it; resolves when it accepts connections. */
export async function adoptOrLaunch(
  postgres: string,
  place: Place,
  settings: readonly string[],
  log: Log,
): Promise<{ readonly pid: number; readonly adopted: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const { orphan, stale } = await inspect(place)
    if (orphan) return { pid: orphan, adopted: true }
    const outcome = await launch(postgres, place, settings, stale)
    if (typeof outcome === 'number') return { pid: outcome, adopted: false }
    // A killed server's backends end on their own, and PostgreSQL rightly refuses the data until the last is gone; a
    // killed launcher's server may write its pid file after we looked.
    if (!/shared memory block|lock file ".*" already exists/.test(outcome.said) || attempt === 60) {
      throw new OperatorError(
        `PostgreSQL on ${place.data} did not start (${outcome.why}). The end of ${logOf(place.state)} says why: ${outcome.said || 'nothing'}`,
      )
    }
    if (attempt === 4) log('waiting for the last processes of the previous PostgreSQL to end')
    await sleep(250)
  }
}

async function launch(postgres: string, place: Place, settings: readonly string[], stale: number | undefined) {
  const { rung, state, data, sockets } = place
  const log = await openLog(state)
  const { size } = await log.stat()
  const options = spawnAs(rung, state)
  // PostgreSQL takes a pid file naming its grandparent for stale. We know that this pid is not our server, and saying it
  // this way, instead of deleting the file, keeps PostgreSQL's own check for surviving backends.
  if (stale) options.env.PG_GRANDPARENT_PID = String(stale)
  const child = spawn(...command(rung, postgres, ['-D', data, ...settings, ...listenAt(sockets)]), {
    ...options,
    // Its own process group: Ctrl-C must not end the database before we have drained.
    detached: true,
    // A file, not a pipe: a server that outlives us must not die of writing its log.
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  let ended: string | undefined
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', (code, signal) => {
    ended = signal ? `ended by ${signal}` : `exit code ${code}`
  })
  try {
    while (ended === undefined) {
      const found = await pidFile(data)
      if (found && found.pid === child.pid && found.status === 'ready') return found.pid
      await sleep(5)
    }
    return { why: ended, said: await tail(state, size) }
  } finally {
    await log.close()
  }
}

/** In `unix_socket_directories` a comma or a space separates, unless the path is quoted. */
const listenAt = (sockets: string): string[] => [
  ...['-c', 'listen_addresses=', '-c', 'port=5432', '-c', 'unix_socket_permissions=0700'],
  ...['-c', `unix_socket_directories="${sockets.replaceAll('"', '""')}"`],
]

/** Ends PostgreSQL: open transactions roll back, everything committed is on the disk. Harmless when it is gone. */
export async function halt(pid: number, data: string): Promise<void> {
  for (const [signal, seconds] of [
    ['SIGINT', 60],
    ['SIGQUIT', 15],
  ] as const) {
    if (!(await serves(pid, data))) return
    try {
      process.kill(pid, signal)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ESRCH')
        throw new OperatorError(`Cannot stop PostgreSQL ${pid}: ${text(cause)}`)
    }
    for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(5)) {
      if (!(await serves(pid, data))) return
    }
  }
  throw new OperatorError(
    `PostgreSQL (process ${pid}) on ${data} does not stop. End it with "kill -9 ${pid}"; the next start recovers.`,
  )
}

const LOG_LIMIT = 10_000_000

async function openLog(state: string) {
  const file = logOf(state)
  const size = (await stat(file).catch(() => undefined))?.size ?? 0
  if (size > LOG_LIMIT) await rename(file, `${file}.1`)
  return open(file, 'a', 0o600)
}

/** The last lines written to the log since it had the given size, on one line. */
async function tail(state: string, since: number): Promise<string> {
  const bytes = await readFile(logOf(state))
  return bytes.subarray(since).toString('utf8').trim().split('\n').slice(-8).join(' | ')
}
