import { readdirSync, readFileSync } from 'node:fs'

/** Bytes in a page, and clock ticks in a second, on Linux. */
const pageBytes = 4096
const ticks = 100

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
  /** User and system time until now, in seconds. */
  readonly cpu: number
  /** The same of its children that have ended. */
  readonly ended: number
  readonly rss: number
}

function processOf(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    // The name in parentheses may hold anything; what follows the last one is numbers.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const field = (no: number) => Number(fields[no - 3])
    return {
      ...{ pid, command, parent: field(4), rss: field(24) * pageBytes },
      cpu: (field(14) + field(15)) / ticks,
      ended: (field(16) + field(17)) / ticks,
    }
  } catch {
    // It ended while it was looked at.
    return undefined
  }
}

/** Every process below one, whoever started it. */
export function below(pid: number): readonly Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? [])
  const children = Map.groupBy(all, ({ parent }) => parent)
  const within = (parent: number): Process[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...within(child.pid)])
  return within(pid)
}

/** The share of its memory that a process alone accounts for, in bytes: shared pages are divided by who shares them. */
function pssOf(pid: number): number | undefined {
  try {
    const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Number(kib) * 1024
  } catch {
    return undefined
  }
}

/** What a process is, by how it was started. */
const kinds = [
  ['server', /suture\.mjs serve\b/],
  ['signer', /signing\/signer\/main\.ts|suture\.mjs signer run\b/],
  ['postgresql', /^postgres: |\/postgres\b/],
  ['sandbox', /--permission\b/],
  ['simulator', /testing\/simulator\/main\.ts/],
  ['checker', /testing\/checker\/main\.ts/],
  ['command line', /suture\.mjs /],
] as const
export type Kind = (typeof kinds)[number][0] | 'other'

const kindOf = ({ command }: Process): Kind => kinds.find(([, fits]) => fits.test(command))?.[0] ?? 'other'

/** What one kind of process took. */
export interface Taken {
  peakMiB: number
  finalMiB: number
  /** In seconds, of those that ended too, as far as they were seen. */
  cpuSeconds: number
  /** The memory of several processes is the sum of their shares, where the system tells them. */
  memory: 'rss' | 'pss'
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20)

/** Watches the processes below this one. */
export class Watch {
  readonly #taken = new Map<Kind, Taken>()
  /** The processor time of each process when it was seen last. */
  readonly #cpu = new Map<number, readonly [Kind, number]>()
  readonly #timer: NodeJS.Timeout

  /** @param everyMs from one look to the next; what lives shorter is not seen */
  constructor(everyMs = 250) {
    this.#timer = setInterval(() => this.look(), everyMs)
  }

  look(): void {
    for (const [kind, processes] of Map.groupBy(below(process.pid), kindOf)) {
      const shares = kind === 'postgresql' ? processes.map(({ pid }) => pssOf(pid)) : []
      const isShared = shares.length > 0 && shares.every((each) => each !== undefined)
      const bytes = isShared
        ? shares.reduce((sum, each) => sum + (each ?? 0), 0)
        : processes.reduce((sum, { rss }) => sum + rss, 0)
      for (const { pid, cpu } of processes) this.#cpu.set(pid, [kind, cpu])
      const before = this.#taken.get(kind)
      this.#taken.set(kind, {
        peakMiB: Math.max(before?.peakMiB ?? 0, mib(bytes)),
        finalMiB: mib(bytes),
        cpuSeconds: 0,
        memory: isShared ? 'pss' : 'rss',
      })
    }
  }

  /** Ends the watch; what each kind took. */
  end(): Readonly<Partial<Record<Kind, Taken>>> {
    this.look()
    clearInterval(this.#timer)
    const cpuOf = (kind: Kind) => [...this.#cpu.values()].reduce((sum, [of, cpu]) => (of === kind ? sum + cpu : sum), 0)
    return Object.fromEntries(
      [...this.#taken].map(([kind, taken]) => [kind, { ...taken, cpuSeconds: Math.round(cpuOf(kind) * 10) / 10 }]),
    )
  }
}

/** The processor time of a process until now, in seconds. */
export const cpuOf = (pid: number): number => processOf(pid)?.cpu ?? Number.NaN

/** The processor time of the PostgreSQL that this process started, with its connections that have ended. */
export const cpuOfPostgres = (): number =>
  below(process.pid).reduce((sum, each) => (kindOf(each) === 'postgresql' ? sum + each.cpu + each.ended : sum), 0)
