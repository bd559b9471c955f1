import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createSite } from '@suture/contract/inventory.ts'
import { urlsOf } from '@suture/server/platform/database/embedded/cluster.ts'
import { openPool } from '@suture/server/platform/database/pool.ts'
import { gather } from '@suture/testing/demo/cast.ts'
import { repository, run, start, stopAll } from '@suture/testing/demo/children.ts'
import { startServer } from '@suture/testing/demo/server.ts'
import { makeFolder, put } from '@suture/testing/demo/world.ts'
import { betweenCalibrations, median, Rejected } from './baselines.ts'
import type { Pool } from './database.ts'
import type { Result } from './demo.ts'
import type { Loaded } from './load.ts'
import { machineWith } from './machine.ts'
import { pollsOf } from './polls.ts'
import { below, cpuOf, cpuOfPostgres } from './processes.ts'

interface Given {
  readonly devices: number
  readonly seconds: number
  readonly signal: AbortSignal
}

const connections = 100
/** Each server gets its turn so many times, one after the other. */
const rounds = 3
/** An import is one transaction, which ends within five seconds also on a slow machine. */
const rowsAtOnce = 1000

/** Who is asked, as what it is measured. */
interface Subject {
  readonly url: string
  /** The processes whose time counts. */
  readonly pid: number
  readonly requests: readonly object[]
}

/** What one server did in all rounds: the median of each. */
interface Measured {
  readonly pollsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of the server for one poll, in microseconds. */
  readonly cpuMicros: number
  /** The same of PostgreSQL. */
  readonly postgresMicros: number
}

/** A device of the benchmark, with its secret. */
const deviceOf = (no: number) => {
  const controllerId = `bench-${String(no).padStart(6, '0')}`
  return { controllerId, token: createHash('sha256').update(controllerId).digest('hex').slice(0, 32) }
}

const rowOf = (no: number) => {
  const { controllerId, token } = deviceOf(no)
  const model = { manufacturer: 'Kestrel', model: 'DL-20', type: 'door lock', hardwareRevision: 'A', firmware: '1.0' }
  return { ...model, controllerId, token, serial: controllerId, name: controllerId, site: 'Bench' }
}

const pollOf = (no: number) => {
  const { controllerId, token } = deviceOf(no)
  return { path: `/main/controller/v1/${controllerId}`, headers: { authorization: `TargetToken ${token}` } }
}

const tellOf = (no: number) => {
  const { path, headers } = pollOf(no)
  const body = JSON.stringify({ mode: 'merge', data: { firmware: '1.0' } })
  return { method: 'PUT', path: `${path}/configData`, headers, body }
}

let orders = 0
async function load(folder: string, order: object): Promise<Loaded> {
  const file = put(folder, `load-${orders++}.json`, JSON.stringify(order))
  const ran = await run([join(repository, 'bench/load.ts'), file], {})
  if (ran.status !== 0) throw new Error(`The load broke off: ${ran.err}`)
  const loaded = JSON.parse(ran.out) as Loaded
  const strange = Object.keys(loaded.statuses).filter((status) => status !== '200')
  if (strange.length > 0)
    throw new Rejected(`Not every request was answered with 200: ${JSON.stringify(loaded.statuses)}`)
  return loaded
}

async function measure(folder: string, { url, pid, requests }: Subject, seconds: number): Promise<Measured> {
  const before = [cpuOf(pid), cpuOfPostgres()] as const
  const { answers, seconds: took, p50Ms, p99Ms } = await load(folder, { url, connections, seconds, requests })
  const micros = (cpu: number) => Math.round((cpu * 1e7) / answers) / 10
  const [cpuMicros, postgresMicros] = [micros(cpuOf(pid) - before[0]), micros(cpuOfPostgres() - before[1])]
  return { pollsPerSecond: Math.round(answers / took), p50Ms, p99Ms, cpuMicros, postgresMicros }
}

const medians = (all: readonly Measured[]): Measured => {
  const of = (key: keyof Measured) => median(all.map((each) => each[key]))
  return {
    ...{ pollsPerSecond: of('pollsPerSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') },
    ...{ cpuMicros: of('cpuMicros'), postgresMicros: of('postgresMicros') },
  }
}

const ratio = (a: number, b: number): number => Math.round((100 * a) / b) / 100
const ratiosTo = (bare: Measured, { pollsPerSecond, cpuMicros, p99Ms }: Measured) => ({
  pollsPerSecond: ratio(pollsPerSecond, bare.pollsPerSecond),
  cpuMicros: ratio(cpuMicros, bare.cpuMicros),
  p99Ms: ratio(p99Ms, bare.p99Ms),
})

/** A server with devices of which half have told what they are, and the bare one with an answer of the same size. */
async function prepare(folder: string, devices: number) {
  const server = await startServer(folder, undefined, false)
  const { operator } = await gather(server.home, server.url, server.process)
  await operator.calls(createSite, { body: { name: 'Bench' } })
  const numbers = Array.from({ length: devices * 2 }, (_, no) => no)
  for (let from = 0; from < numbers.length; from += rowsAtOnce) {
    const rows = numbers.slice(from, from + rowsAtOnce).map(rowOf)
    await operator.does(['device', 'import', put(folder, 'devices.json', JSON.stringify(rows))])
  }
  const [told, untold] = [numbers.slice(0, devices), numbers.slice(devices)]
  await load(folder, { url: server.url, connections, seconds: 0, once: true, requests: told.map(tellOf) })
  const { path, headers } = pollOf(0)
  const answer = await (await fetch(new URL(path, server.url), { headers })).text()
  const bare = start('the bare server', [join(repository, 'bench/bare.ts'), answer], {})
  const bareUrl = /listens at (\S+);/.exec(await bare.line((line) => line.includes('listens at')))?.[1] ?? ''
  return {
    server,
    bytes: Buffer.byteLength(answer),
    subjects: {
      bare: { url: bareUrl, pid: bare.pid, requests: told.map(pollOf) },
      memory: { url: server.url, pid: server.process.pid, requests: told.map(pollOf) },
      // Whoever has not told what they are is asked for at each poll, so these are all answered from the database.
      database: { url: server.url, pid: server.process.pid, requests: untold.map(pollOf) },
    },
  }
}

const transactions = async (pool: Pool): Promise<number> =>
  Number(
    (
      await pool.query<{ n: string }>(
        'select (xact_commit + xact_rollback)::text as n from pg_stat_database where datname = current_database()',
      )
    ).rows[0]?.n,
  )

/** Polls without anything to do, answered from memory and from the database, against a server that does nothing else. */
export async function benchPoll({ devices, seconds }: Given): Promise<Result> {
  const folder = makeFolder()
  const pools: { close(): Promise<void> }[] = []
  try {
    const { server, subjects, bytes } = await prepare(folder, devices)
    const urls = await urlsOf(server.home)
    if (!urls) throw new Error('The server has no database')
    const pool = openPool(urls.app, { max: 2, name: 'suture bench', onError: () => undefined })
    pools.push(pool)
    const each = Math.max(1, seconds / (rounds * 3))
    for (const subject of Object.values(subjects)) await measure(folder, subject, 1)
    const {
      result: all,
      calibration,
      noise,
    } = await betweenCalibrations(pool.pg, async () => {
      const taken = { bare: [] as Measured[], memory: [] as Measured[], database: [] as Measured[] }
      for (let round = 0; round < rounds; round++)
        for (const name of ['bare', 'memory', 'database'] as const)
          taken[name].push(await measure(folder, subjects[name], each))
      return taken
    })
    const [before, polled] = [await transactions(pool.pg), await pollsOf(server.url)]
    const last = await load(folder, { ...subjects.memory, connections, seconds: each })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const perPoll = ((await transactions(pool.pg)) - before) / last.answers
    const now = await pollsOf(server.url)
    const fromMemory = ratio(now.memory - polled.memory, last.answers)
    const [bare, memory, database] = [medians(all.bare), medians(all.memory), medians(all.database)]
    return {
      noise,
      benchmark: 'poll',
      machine: await machineWith(pool.pg),
      ...{ devices, connections, bytes, secondsEach: Math.round(each * 10) / 10, rounds },
      ...{ bare, memory, database },
      ratios: { memory: ratiosTo(bare, memory), database: ratiosTo(bare, database) },
      fromMemory,
      transactionsPerPoll: Math.round(perPoll * 1e5) / 1e5,
      serverMiB: Math.round((below(process.pid).find(({ pid }) => pid === server.process.pid)?.rss ?? 0) / 2 ** 20),
      baseline: { calibration },
    }
  } finally {
    for (const pool of pools) await pool.close()
    await stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
}
