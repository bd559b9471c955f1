import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { urlsOf } from '@suture/server/platform/database/embedded/cluster.ts'
import { openPool } from '@suture/server/platform/database/pool.ts'
import { stopAll } from '@suture/testing/demo/children.ts'
import { Screen } from '@suture/testing/demo/screen.ts'
import { tell } from '@suture/testing/demo/story.ts'
import { makeFolder } from '@suture/testing/demo/world.ts'
import { betweenCalibrations, oneCommit, Rejected } from './baselines.ts'
import { type Counted, count, hotShare, type Pool, sizes } from './database.ts'
import { machineWith } from './machine.ts'
import { pollsOf } from './polls.ts'
import { Watch } from './processes.ts'

/** What a benchmark comes to: its figures, and why they are not to be used if they are not. */
export interface Result {
  readonly noise: string | undefined
  readonly benchmark: string
  readonly [figure: string]: unknown
}

/** What a benchmark is given. */
export interface Given {
  readonly devices: number
  readonly signal: AbortSignal
}

/** The chapter in which the rollout starts, and the one after it, by how their titles begin. */
const [rollingOut, over] = ['Two people approve', 'The evidence is signed']

/** A screen that keeps when each chapter began, and lets somebody act at that moment. */
class Recording extends Screen {
  readonly chapters: { readonly title: string; readonly at: number }[] = []
  readonly #at: (title: string) => void

  constructor(at: (title: string) => void) {
    super(false)
    this.#at = at
  }

  override chapter(title: string): void {
    this.chapters.push({ title, at: this.seconds })
    this.#at(title)
    super.chapter(title)
  }
}

const open = (url: string): { readonly pg: Pool; close(): Promise<void> } =>
  openPool(url, { max: 2, name: 'suture bench', onError: () => undefined })

/** The databases of the demo, once there are any. */
async function databasesIn(folder: string) {
  const urls = await urlsOf(join(folder, 'home'))
  if (!urls) throw new Error('The demo has no database')
  return { owner: open(urls.owner), app: open(urls.app) }
}

const secondsOf = (chapters: Recording['chapters'], end: number) =>
  chapters.map(({ title, at }, no) => ({
    name: title,
    seconds: Math.round(((chapters[no + 1]?.at ?? end) - at) * 10) / 10,
  }))

/** The whole loop, once: what each process took, what the database became, and what each job cost it. */
export async function benchDemo({ devices, signal }: Given): Promise<Result> {
  const folder = makeFolder()
  const watch = new Watch()
  const pools: { close(): Promise<void> }[] = []
  const counts: Promise<Counted>[] = []
  let databases: Promise<Awaited<ReturnType<typeof databasesIn>>> | undefined
  const screen = new Recording((title) => {
    if (!title.startsWith(rollingOut) && !title.startsWith(over)) return
    databases ??= databasesIn(folder)
    counts.push(databases.then(({ app }) => count(app.pg)))
  })
  try {
    const given = { devices, seed: 1, sabotage: undefined, withConsole: false, screen, signal }
    const { result, failures, url } = await tell(given, folder)
    if (failures.length > 0) throw new Rejected(`The loop did not hold: ${failures.join('; ')}`)
    const [before, after] = await Promise.all(counts)
    const { owner, app } = (await databases) ?? (await databasesIn(folder))
    pools.push(owner, app)
    if (!before || !after) throw new Error('The demo told no rollout')
    const polls = await pollsOf(url)
    const processes = watch.end()
    // What is divided by is measured once nothing polls any more.
    const {
      result: commit,
      calibration,
      noise,
    } = await betweenCalibrations(app.pg, () => oneCommit(owner.pg, app.pg, 1))
    const { jobs } = result.rollout
    const walPerJob = Math.round((after.wal - before.wal) / jobs)
    return {
      noise,
      benchmark: 'demo',
      machine: await machineWith(app.pg),
      devices: result.devices,
      jobs,
      checker: result.checker,
      seconds: result.seconds,
      chapters: secondsOf(screen.chapters, result.seconds),
      processes,
      database: await sizes(app.pg),
      polls: { ...polls, fromMemory: Math.round((1000 * polls.memory) / (polls.memory + polls.database)) / 1000 },
      rollout: {
        walBytesPerJob: walPerJob,
        transactionsPerJob: Math.round((10 * (after.transactions - before.transactions)) / jobs) / 10,
        hot: hotShare(before, after),
      },
      baseline: { commit, calibration },
      ratios: { walPerJobToCommit: Math.round((10 * walPerJob) / commit.walBytes) / 10 },
    }
  } finally {
    for (const pool of pools) await pool.close()
    await stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
}
