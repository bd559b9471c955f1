import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createSite, importDevices, listDevices, listDeviceValues } from '@suture/contract/inventory.ts'
import { urlsOf } from '@suture/server/platform/database/embedded/cluster.ts'
import { openPool } from '@suture/server/platform/database/pool.ts'
import { gather } from '@suture/testing/demo/cast.ts'
import { stopAll } from '@suture/testing/demo/children.ts'
import { splitKnowledge } from '@suture/testing/demo/knowledge.ts'
import type { Person } from '@suture/testing/demo/people.ts'
import { startServer } from '@suture/testing/demo/server.ts'
import { makeFolder, star } from '@suture/testing/demo/world.ts'
import { builtConsole } from '../console/build.ts'
import { betweenCalibrations, oneCount } from './baselines.ts'
import type { Result } from './demo.ts'
import { machineWith } from './machine.ts'
import { measureScreen } from './screen.ts'

interface Given {
  readonly devices: number
  readonly signal: AbortSignal
}

/** An import is one transaction, which ends within five seconds also on a slow machine. */
const rowsAtOnce = 1000
/** How often each query is asked. */
const times = 20

const models = [
  ['Unitronics', 'Vision', '12.37'],
  ['LenelS2', 'NetBox', '5.6.1'],
  ['Axis', 'P3245', '11.2'],
  ['Moxa', 'EDR-810', '5.7'],
] as const
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T

const rowOf = (no: number) => {
  const [manufacturer, model, firmware] = pick(models, no)
  return {
    ...{ manufacturer, model, type: 'controller', serial: `S-${String(no).padStart(7, '0')}` },
    name: `${model.toLowerCase()}-${no.toString(36)}`,
    hardwareRevision: pick(['A', 'B', 'C'], no >> 3),
    firmware: `${firmware}.${no % 40}`,
    site: `Plant ${no % 20}`,
    zone: `Line ${no % 7}`,
    exposure: pick(['exposed', 'internal', 'isolated', 'unknown'] as const, no >> 2),
    criticality: pick(['low', 'medium', 'high', 'critical'] as const, no >> 4),
    controllerId: `c-${no}`,
  }
}

/** One query of each kind of field, few and many that fit, alone and together. */
const queries = [
  'vendor:axis',
  'model:~245 fw<11.2.20',
  'p3245-2',
  'site:"Plant 7" zone:"Line 3"',
  'exposed:yes criticality:(high critical)',
  '-(vendor:moxa or vendor:axis)',
  'fw>=5.7.3 fw<11.2.9',
  'state:live assurance:claimed',
  'due<7d',
  'due<30d exposed:yes vendor:unitronics',
  'findings>0',
  'kev:yes',
  `cve:${star.vulnerability}`,
  'outcome:3D*',
  'component:NetBox@<5.6.1.9',
  '-job:*',
  'updatestatus==unknown',
  'serial:S-0004242',
  'seen:*',
] as const

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
const rounded = (ms: number): number => Math.round(ms * 10) / 10

async function timesOf(ask: () => Promise<unknown>): Promise<readonly number[]> {
  await ask()
  const all: number[] = []
  for (let n = 0; n < times; n++) {
    const began = performance.now()
    await ask()
    all.push(performance.now() - began)
  }
  return all
}

/** What a browser has to load before it can show the first page: the entry and all that it imports at once. */
async function firstScripts(): Promise<{ readonly bytes: number; readonly gzip: number }> {
  const folder = await builtConsole()
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const names = [...page.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)].map(([, name = '']) => name)
  const files = names.map((name) => readFileSync(join(folder, name)))
  const sum = (of: (file: Buffer) => number) => files.reduce((total, file) => total + of(file), 0)
  return { bytes: sum((file) => file.length), gzip: sum((file) => gzipSync(file, { level: 6 }).length) }
}

async function fill(operator: Person, admin: Person, folder: string, { devices, signal }: Given): Promise<void> {
  for (let n = 0; n < 20; n++) await operator.calls(createSite, { body: { name: `Plant ${n}` } })
  for (let from = 0; from < devices && !signal.aborted; from += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, devices - from) }, (_, n) => rowOf(from + n))
    await operator.calls(importDevices, { body: { devices: rows } })
  }
  const { known, news } = splitKnowledge(folder, star.vulnerability)
  for (const file of [...known, news]) await admin.does(['feed', 'import', file])
}

/** Matching and deciding follow an import; a list that is measured meanwhile would say little. */
async function settled(operator: Person, signal: AbortSignal): Promise<number> {
  const countOf = async () =>
    (await operator.calls(listDevices, { query: { limit: 1, q: 'outcome:*' } })).counts?.devices ?? 0
  for (let before = -1; !signal.aborted; ) {
    const now = await countOf()
    if (now > 0 && now === before) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, 3000))
  }
  return 0
}

/** The list of devices: its queries over HTTP against a count of the same table in SQL, and what it shows in a browser. */
export async function benchConsole(given: Given): Promise<Result> {
  const folder = makeFolder()
  const pools: { close(): Promise<void> }[] = []
  try {
    const server = await startServer(folder, undefined, true)
    const { admin, operator } = await gather(server.home, server.url, server.process)
    await fill(operator, admin, folder, given)
    const decided = await settled(operator, given.signal)
    const urls = await urlsOf(server.home)
    if (!urls) throw new Error('The server has no database')
    const open = (url: string) => {
      const pool = openPool(url, { max: 2, name: 'suture bench', onError: () => undefined })
      pools.push(pool)
      return pool.pg
    }
    const [app, owner] = [open(urls.app), open(urls.owner)]
    const { rows } = await owner.query<{ id: number }>('select id from platform_tenant order by id limit 1')
    const countMs = await oneCount(owner, app, rows[0]?.id ?? 0, 'inventory_device')
    const { result, calibration, noise } = await betweenCalibrations(app, async () => {
      const lists = []
      for (const q of queries) {
        const { counts } = await operator.calls(listDevices, { query: { q, limit: 50 } })
        const all = (await timesOf(() => operator.calls(listDevices, { query: { q, limit: 50 } }))).toSorted(
          (a, b) => a - b,
        )
        lists.push({ name: q, devices: counts?.devices ?? Number.NaN, all })
      }
      const values = await timesOf(() =>
        operator.calls(listDeviceValues, { query: { field: 'model', q: 'exposed:yes' } }),
      )
      return { lists, values: values.toSorted((a, b) => a - b) }
    })
    const together = result.lists.flatMap(({ all }) => all).toSorted((a, b) => a - b)
    const scripts = await firstScripts()
    const screen = await measureScreen(server.url, operator, rowOf(0), given.devices)
    return {
      noise,
      benchmark: 'console',
      machine: await machineWith(app),
      ...{ devices: given.devices, decided, times },
      firstScripts: { kB: rounded(scripts.bytes / 1000), gzipKB: rounded(scripts.gzip / 1000) },
      list: { p50Ms: rounded(at(together, 0.5)), p95Ms: rounded(at(together, 0.95)) },
      values: { p95Ms: rounded(at(result.values, 0.95)) },
      screen,
      queries: result.lists.map(({ name, devices, all }) => ({
        ...{ name, devices, p50Ms: rounded(at(all, 0.5)), p95Ms: rounded(at(all, 0.95)) },
        ratio: Math.round((100 * at(all, 0.5)) / countMs) / 100,
      })),
      ratios: { listP95: Math.round((100 * at(together, 0.95)) / countMs) / 100 },
      baseline: { countMs: rounded(countMs), calibration },
    }
  } finally {
    for (const pool of pools) await pool.close()
    await stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
}
