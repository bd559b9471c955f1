import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** What of a home runs, by process ids. */
export interface Census {
  readonly servers: readonly number[]
  readonly signers: readonly number[]
  readonly postmasters: readonly number[]
  /** PostgreSQL's processes of connections. */
  readonly backends: readonly number[]
  /** Readers of untrusted bytes whose server is gone. */
  readonly strays: readonly number[]
}

interface Entry {
  readonly pid: number
  readonly parent: number
  readonly argv: readonly string[]
  readonly home: string | undefined
}

const read = (pid: number, name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8')

/** A process as the kernel tells it; undefined when it is gone, or has ended and waits to be buried. */
function entryOf(pid: number): Entry | undefined {
  try {
    const argv = read(pid, 'cmdline').split('\0').slice(0, -1)
    if (argv.length === 0) return undefined
    const parent = Number(/\) \S (\d+)/.exec(read(pid, 'stat'))?.[1])
    return { pid, parent, argv, home: homeOf(pid) }
  } catch {
    return undefined
  }
}

function homeOf(pid: number): string | undefined {
  try {
    return /(?:^|\0)SUTURE_HOME=([^\0]*)/.exec(read(pid, 'environ'))?.[1]
  } catch {
    // PostgreSQL in a namespace of its own, or as another user: its command line tells enough.
    return undefined
  }
}

/** Where the database's files are: not below the home where PostgreSQL has to run as somebody else. */
function dataOf(home: string): string {
  try {
    const { state } = JSON.parse(readFileSync(join(home, 'postgres', 'cluster.json'), 'utf8')) as { state: string }
    return join(state, 'data')
  } catch {
    return join(home, 'postgres', 'data')
  }
}

/** Looks at every process of this machine once. */
export function censusOf(home: string, repository: string): Census {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (entryOf(Number(name)) ?? []) : []))
  const data = dataOf(home)
  const ours = all.filter((each) => each.home === home)
  const pids = (entries: readonly Entry[]) => entries.map(({ pid }) => pid)
  const servers = pids(ours.filter(({ argv }) => argv.includes('serve')))
  const postmasters = pids(
    all.filter(({ argv: [name = '', flag, at] }) => basename(name) === 'postgres' && flag === '-D' && at === data),
  )
  const programs = join(repository, 'server/dist/sandbox/')
  return {
    servers,
    signers: pids(ours.filter(({ argv }) => argv.some((word) => word.endsWith('signing/signer/main.ts')))),
    postmasters,
    // A process title, in which PostgreSQL tells the role: our own, whose names nobody else uses.
    backends: pids(
      all.filter(({ parent, argv: [title = ''] }) => postmasters.includes(parent) && /: suture_/.test(title)),
    ),
    strays: pids(
      all.filter(({ parent, argv }) => !servers.includes(parent) && argv.some((word) => word.startsWith(programs))),
    ),
  }
}

/** Whether exactly what one home should run does run. */
export const isWhole = ({ servers, signers, postmasters, strays }: Census): boolean =>
  servers.length === 1 && signers.length === 1 && postmasters.length === 1 && strays.length === 0

/** Ends a process without a word; one that has gone meanwhile is what was wanted. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
