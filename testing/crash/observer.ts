import { setTimeout as after } from 'node:timers/promises'
import pg from 'pg'

/** A task that a worker held when it was killed, and when somebody took it up again or had done it. */
export interface CaughtTask {
  readonly id: string
  readonly name: string
  /** Seconds from when the server (or only the database) was there again; undefined when that never came. */
  resumedAfter: number | undefined
}

interface HeldTask {
  readonly id: string
  readonly name: string
  readonly holder: string
  readonly since: string
}

const openJobs = `
  select device_id::text as device, count(*)::int as open, array_agg(action_id::text order by action_id) as actions
    from deployment_job
   where state in ('waiting', 'offered', 'downloading', 'downloaded', 'installing', 'rebooting', 'reported', 'cancelling')
   group by device_id`

const heldTasks = `
  select j.id::text, t.identifier as name, j.locked_by as holder, j.locked_at::text as since
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
   where j.locked_by is not null`

/** Looks into the database from outside for as long as a run takes, through every loss of it. */
export class Observer {
  /** How often the open jobs of all devices were looked at. */
  samples = 0
  /** Devices that had more than one open job when they were looked at. */
  readonly doubles: { readonly device: string; readonly actions: readonly string[]; readonly at: string }[] = []
  readonly caught: CaughtTask[] = []
  readonly #tenant: string
  #app: pg.Client | undefined
  #worker: pg.Client | undefined
  readonly #urls: { readonly app: string; readonly worker: string }
  #over = false
  readonly #life: Promise<void>

  constructor(urls: { readonly app: string; readonly worker: string }, tenant: string) {
    this.#urls = urls
    this.#tenant = tenant
    this.#life = this.#sample()
  }

  async #connect(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000, statement_timeout: 5000 })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  /** Asks as a server's own role does, in the tenant; undefined while the database is away. */
  async ask<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[] | undefined> {
    try {
      this.#app ??= await this.#connect(this.#urls.app)
      await this.#app.query('begin')
      await this.#app.query(
        `select set_config('app.tenant_id', id::text, true), set_config('app.site_ids', '*', true)
           from platform_tenant where uid = $1`,
        [this.#tenant],
      )
      const { rows } = await this.#app.query<Row>(text, [...values])
      await this.#app.query('commit')
      return rows
    } catch {
      await this.#app?.end().catch(() => undefined)
      this.#app = undefined
      return undefined
    }
  }

  /** The tasks that somebody holds now; undefined while the database is away. */
  async held(): Promise<readonly HeldTask[] | undefined> {
    try {
      this.#worker ??= await this.#connect(this.#urls.worker)
      return (await this.#worker.query<HeldTask>(heldTasks)).rows
    } catch {
      await this.#worker?.end().catch(() => undefined)
      this.#worker = undefined
      return undefined
    }
  }

  async #heldOnceBack(): Promise<readonly HeldTask[]> {
    for (;;) {
      const held = await this.held()
      if (held) return held
      await after(10)
    }
  }

  async #sample(): Promise<void> {
    while (!this.#over) {
      const rows = await this.ask<{ device: string; open: number; actions: string[] }>(openJobs)
      if (rows) this.samples++
      const at = new Date().toISOString()
      for (const { device, open, actions } of rows ?? []) if (open > 1) this.doubles.push({ device, actions, at })
      await after(40)
    }
  }

  /**
   * Follows the tasks that were held when the kill fell until each is held anew, or done.
   * @param back when the server, or the database under a server that lived on, was there again
   */
  async follow(back: Promise<void>): Promise<void> {
    const held = await this.#heldOnceBack()
    let backAt: number | undefined
    void back.then(
      () => (backAt = performance.now()),
      () => (backAt = performance.now()),
    )
    const caught = held.map((task) => ({
      task,
      told: { id: task.id, name: task.name, resumedAfter: undefined } as CaughtTask,
    }))
    this.caught.push(...caught.map(({ told }) => told))
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await after(20)) {
      const left = caught.filter(({ told }) => told.resumedAfter === undefined)
      if (left.length === 0) return
      const now = await this.held()
      for (const { task, told } of now ? left : [])
        if (
          !now?.some((each) => each.id === task.id && each.holder === task.holder && each.since === task.since) &&
          (await this.#isTakenUp(task))
        )
          told.resumedAfter = backAt === undefined ? 0 : (performance.now() - backAt) / 1000
    }
  }

  /** A task that was set free is not taken up yet. */
  async #isTakenUp({ id }: HeldTask): Promise<boolean> {
    const found = await this.#worker
      ?.query<{ free: boolean }>('select locked_by is null as free from graphile_worker._private_jobs where id = $1', [
        id,
      ])
      .catch(() => undefined)
    return found !== undefined && found.rows[0]?.free !== true
  }

  async stop(): Promise<void> {
    this.#over = true
    await this.#life
    await this.#app?.end().catch(() => undefined)
    await this.#worker?.end().catch(() => undefined)
  }
}
