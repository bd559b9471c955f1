import type { Outbox } from '@suture/server/platform/events/outbox.ts'
import type { Position } from '@suture/server/platform/events/position.ts'
import type { TenantId } from '@suture/server/platform/id.ts'

/** Somebody who follows, stalls, goes away and comes back with the last position that they saw. */
export class Follower {
  readonly got: string[] = []
  readonly #outbox: Outbox
  readonly #tenant: TenantId
  #last: Position
  #gone: AbortController | undefined
  #reading: Promise<void> = Promise.resolve()
  #stall: PromiseWithResolvers<void> | undefined

  constructor(outbox: Outbox, tenant: TenantId, from: Position) {
    this.#outbox = outbox
    this.#tenant = tenant
    this.#last = from
  }

  async join(): Promise<void> {
    if (this.#gone) return
    this.#gone = new AbortController()
    const rows = await this.#outbox.follow(this.#tenant, this.#last, this.#gone.signal)
    this.#reading = (async () => {
      for await (const row of rows) {
        this.got.push(row.subject)
        this.#last = { epoch: row.epoch, xid: row.xid, id: row.id }
        await this.#stall?.promise
      }
    })()
  }

  async leave(): Promise<void> {
    this.#gone?.abort()
    this.resume()
    await this.#reading
    this.#gone = undefined
  }

  stall(): void {
    this.#stall ??= Promise.withResolvers()
  }

  resume(): void {
    this.#stall?.resolve()
    this.#stall = undefined
  }
}
