import pg from 'pg'

/** A transaction that a test opens and closes by hand, so that transactions overlap as the test wants. */
export class Writer {
  readonly #client: pg.Client
  readonly #tenant: number
  #open: string[] | undefined

  constructor(url: string, tenant: number) {
    this.#client = new pg.Client({ connectionString: url })
    this.#tenant = tenant
  }

  connect = () => this.#client.connect()
  end = () => this.#client.end()

  async begin(): Promise<void> {
    if (this.#open) return
    await this.#client.query('begin')
    await this.#client.query(`select set_config('app.tenant_id', $1, true)`, [String(this.#tenant)])
    this.#open = []
  }

  async write(subject: string): Promise<void> {
    if (!this.#open) return
    await this.#client.query(
      `insert into platform_event (tenant_id, epoch, at, kind, actor_kind, actor_id, actor_name, subject, detail)
       values ($1, (select epoch from platform_epoch), now(), 'test', 'system', 't', 't', $2, '{}')`,
      [this.#tenant, subject],
    )
    this.#open.push(subject)
  }

  /** What became true with the commit; nothing after a rollback. */
  async close(how: 'commit' | 'rollback'): Promise<string[]> {
    const written = this.#open ?? []
    if (this.#open) await this.#client.query(how)
    this.#open = undefined
    return how === 'commit' ? written : []
  }

  /** Begins, writes and commits. */
  async one(subject: string): Promise<void> {
    await this.begin()
    await this.write(subject)
    await this.close('commit')
  }
}
