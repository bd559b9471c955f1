/** What the tests of the embedded PostgreSQL share: a scratch home each, launchers to kill, and nothing left behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, cp, lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { installedTree } from './binaries.ts'
import { type Cluster, type Options, startEmbedded } from './cluster.ts'
import { halt } from './postmaster.ts'
import { command, type Rung } from './rung.ts'

export const NOBODY = { uid: 65534, gid: 65534 }
export const root = process.getuid?.() === 0
const fixture = join(import.meta.dirname, 'launch.fixture.ts')

/** Whether this machine lets these tests try a rung. */
export const permits: Readonly<Record<Rung, boolean>> = {
  plain: !root,
  unshare: root && spawnSync(...command('unshare', 'true', [])).status === 0,
  nobody: root,
}

/** Whether the tests can become an ordinary user who reads this repository. */
export const nobodyReads = root && spawnSync('test', ['-r', fixture], NOBODY).status === 0

/** One test's directory, and everything that must end with it. */
export class Scratch {
  base = ''
  home = ''
  private undo: (() => unknown)[] = []

  async open(): Promise<void> {
    this.base = await mkdtemp(join(tmpdir(), 'suture-embedded-'))
    await chmod(this.base, 0o755)
    this.home = join(this.base, 'home')
  }

  async close(): Promise<void> {
    for (const step of this.undo.reverse()) await step()
    this.undo = []
    await rm(this.base, { recursive: true, force: true })
  }

  atEnd(step: () => unknown): void {
    this.undo.push(step)
  }

  private options(given: Partial<Options>): Options {
    return { home: this.home, durable: false, nobodyBase: join(this.base, 'nobody'), ...given }
  }

  async start(given: Partial<Options> = {}): Promise<Cluster> {
    const cluster = await startEmbedded(this.options(given))
    this.atEnd(() => cluster.stop())
    return cluster
  }

  /** A launcher in a process of its own, and the line it tells: its cluster, or why it has none. */
  launcher(given: Partial<Options> = {}, user: { uid?: number; gid?: number } = {}) {
    const options = this.options(given)
    const child = spawn(process.execPath, [fixture, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
      cwd: '/',
      ...user,
    })
    const told = once(createInterface(child.stdout), 'line').then(
      ([line]) => JSON.parse(line as string) as { cluster: Cluster; error?: string },
    )
    this.atEnd(async () => {
      await end(child, () => child.stdin.end())
      const { cluster } = await Promise.race([told, { cluster: undefined }])
      if (cluster) await halt(cluster.pid, join(options.home, 'postgres', 'data'))
    })
    return { child, told }
  }

  /** A copy of the platform's PostgreSQL package as npm unpacks it: without links. */
  async bareTree(into: string): Promise<string> {
    const tree = await installedTree()
    await cp(join(dirname(tree), 'package.json'), join(into, 'package.json'))
    const filter = async (path: string) => !(await lstat(path)).isSymbolicLink()
    await cp(tree, join(into, 'native'), { recursive: true, filter })
    return join(into, 'native')
  }
}

export async function end(child: ChildProcess, how: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  how()
  await gone
}

export async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url })
  // A server killed under a connection is an event too, besides the failed query.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

export const store = (cluster: Cluster) => query(cluster.urls.owner, 'create table memory as select 42 as answer')
export const recall = (cluster: Cluster) => query(cluster.urls.owner, 'select answer from memory')
export const stored = [{ answer: 42 }]

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Whether a process runs; a zombie, which an init that reaps nothing keeps for ever, does not. */
export const alive = (pid: number): boolean =>
  process.platform === 'linux'
    ? spawnSync('cat', [`/proc/${pid}/cmdline`]).stdout.length > 0
    : spawnSync('kill', ['-0', String(pid)]).status === 0
