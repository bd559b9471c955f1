import { setTimeout as after } from 'node:timers/promises'
import { type Store, systemScope, withScope } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { currentMoment, type EventRow, eventsAfter } from './event.queries.ts'
import { isAfter, isAhead, isSince, type Moment, type Position } from './position.ts'

interface Options {
  /** Told of the news of a tenant before any stream is. */
  readonly before: (tenant: TenantId, rows: readonly EventRow[]) => Promise<void>
  /** How often a tenant's reader looks for news, in milliseconds. */
  readonly tickMs: number
  /** The events that one query brings. */
  readonly batch: number
  /** The events that wait for a slow stream before it must fetch them itself. */
  readonly queue: number
}

const usual: Options = { before: async () => undefined, tickMs: 250, batch: 500, queue: 1_000 }

/** The process's one reader of events: a loop for each tenant that anybody follows, and none for the others. */
export class Outbox {
  readonly #store: Store
  readonly #options: Options
  readonly #feeds = new Map<TenantId, Feed>()

  constructor(store: Store, options: Partial<Options> = {}) {
    this.#store = store
    this.#options = { ...usual, ...options }
  }

  /**
   * The events of a tenant from a position on, as they become certain, until the signal; without a position, those that
   * are committed from now on. Whoever goes on from the last position that they saw misses nothing and sees nothing twice.
   * @throws Refusal for a position that was never given out here: whoever waited for it would miss what comes before
   */
  async follow(tenant: TenantId, from: Position | undefined, signal: AbortSignal): Promise<AsyncIterable<EventRow>> {
    const feed = this.#feeds.get(tenant) ?? this.#open(tenant)
    const stream = new Stream(feed)
    signal.addEventListener('abort', () => stream.end(), { once: true })
    if (signal.aborted) stream.end()
    try {
      await feed.started
      const opened = await feed.now()
      if (!from) return stream.from(opened.from, opened)
      if (isAhead(from, opened)) throw new Refusal('http/bad-cursor')
      return stream.from(from)
    } catch (error) {
      stream.end()
      throw error
    }
  }

  #open(tenant: TenantId): Feed {
    const feed = new Feed(this.#store, tenant, this.#options, () => {
      if (this.#feeds.get(tenant) === feed) this.#feeds.delete(tenant)
    })
    this.#feeds.set(tenant, feed)
    return feed
  }
}

/** One tenant's reader: what it reads goes to every stream that has caught up with it. */
class Feed {
  /** Every event up to here was given to the streams at hand. */
  at: Position = { epoch: 0, xid: '0', id: 0 }
  readonly options: Options
  /** Once the reader knows where it is. */
  readonly started: Promise<void>
  readonly #store: Store
  readonly #tenant: TenantId
  readonly #closed: () => void
  readonly #streams = new Set<Stream>()
  readonly #over = new AbortController()

  constructor(store: Store, tenant: TenantId, options: Options, closed: () => void) {
    this.#store = store
    this.#tenant = tenant
    this.options = options
    this.#closed = closed
    this.started = this.#start()
    this.started.then(() => this.#read()).catch((error) => this.#close(error))
  }

  // Events belong to the tenant as a whole; who may follow them is asked at the door, not row by row.
  readonly #scope = () => systemScope(this.#tenant, 'events')
  now = (): Promise<Moment> => withScope(this.#store, this.#scope(), currentMoment)
  after = (position: Position): Promise<EventRow[]> =>
    withScope(this.#store, this.#scope(), (scoped) => eventsAfter(scoped, position, this.options.batch))

  join(stream: Stream): void {
    this.#streams.add(stream)
  }

  leave(stream: Stream): void {
    this.#streams.delete(stream)
    if (this.#streams.size === 0) this.#close()
  }

  async #start(): Promise<void> {
    this.at = (await this.now()).from
  }

  async #read(): Promise<void> {
    const { signal } = this.#over
    const { before, batch, tickMs } = this.options
    while (!signal.aborted) {
      const rows = await this.after(this.at)
      if (rows.length > 0) await before(this.#tenant, rows)
      // Nothing is awaited from here to the new position: whoever joins is before these rows or after them.
      for (const stream of this.#streams) stream.offer(rows)
      this.at = rows.at(-1) ?? this.at
      if (rows.length < batch) await after(tickMs, undefined, { signal }).catch(() => undefined)
    }
  }

  #close(error?: unknown): void {
    this.#over.abort()
    this.#closed()
    for (const stream of [...this.#streams]) stream.end(error)
  }
}

/** One follower: behind the reader it asks for itself; beside it, it takes what the reader hands out. */
class Stream {
  readonly #feed: Feed
  readonly #queue: EventRow[] = []
  #beside = false
  #ended = false
  #failure: unknown
  #wake: () => void = () => undefined

  constructor(feed: Feed) {
    this.#feed = feed
    feed.join(this)
  }

  /** Takes what the reader read, or drops out when it is too slow: it will ask for the rest itself. */
  offer(rows: readonly EventRow[]): void {
    if (!this.#beside || rows.length === 0) return
    if (this.#queue.length + rows.length > this.#feed.options.queue) this.#beside = false
    else this.#queue.push(...rows)
    this.#wake()
  }

  end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = error
    this.#feed.leave(this)
    this.#wake()
  }

  /** @param opened what was committed then is left out, although a transaction that still ran keeps the start below it */
  async *from(start: Position, opened?: Moment): AsyncGenerator<EventRow, void, undefined> {
    const isNews = (row: EventRow): boolean => opened === undefined || isSince(row, opened)
    let position = start
    try {
      while (!this.#ended) {
        const row = this.#queue.shift()
        if (row) {
          if (!isAfter(row, position)) continue
          position = row
          if (isNews(row)) yield row
        } else if (this.#beside) await this.#woken()
        else if (isAfter(this.#feed.at, position)) position = yield* this.#catchUp(position, isNews)
        else this.#beside = true
      }
    } finally {
      this.end()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async *#catchUp(from: Position, isNews: (row: EventRow) => boolean): AsyncGenerator<EventRow, Position, undefined> {
    const reader = this.#feed.at
    const rows = await this.#feed.after(from)
    for (const row of rows) {
      if (this.#ended) return row
      if (isNews(row)) yield row
    }
    const last = rows.at(-1) ?? from
    // What the reader has passed is certain: when the query found no more, there is nothing up to there.
    return rows.length < this.#feed.options.batch && isAfter(reader, last) ? reader : last
  }

  #woken(): Promise<void> {
    return new Promise((done) => {
      this.#wake = done
    })
  }
}
