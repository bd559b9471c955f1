import type { Clock } from '#platform/clock.ts'
import { type Store, systemScope, withScope } from '#platform/database/store.ts'
import { committedSince, type Snapshot } from '#platform/events/event.queries.ts'
import type { EventKind } from '#platform/events/event.ts'
import { listen, type Told } from '#platform/events/heard.ts'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import { type KnownDevice, noteSeen } from '../inventory/index.ts'
import { effects } from './effect.ts'
import { IdleDevices } from './idle.ts'

/** Who says they are which device, and the SHA-256 of the secret that they show. */
export interface Claimant {
  readonly tenant: TenantId
  readonly controllerId: string
  readonly hash: Buffer
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

/** From one look at what was committed to the next while devices poll, in milliseconds. */
const everyMs = 250
/** For how long nothing is answered from memory after a look, in milliseconds of a clock that nobody sets. */
const confirmedForMs = 3000
/** After this a device is asked for anew, whatever nobody told, in milliseconds. */
const lifeMs = 15 * 60_000
/** As many devices as are remembered in one tenant: some 400 bytes each. */
const mostDevices = 100_000
/** As many events as one look tells; after more of them everything is forgotten. */
const mostEvents = 1000

/** What is remembered of one tenant. */
interface Memory {
  readonly idle: IdleDevices
  /** Heard of and not written yet. */
  readonly seen: Set<number>
  seenSince: Date | undefined
  /** Up to where it is known what was committed. */
  snapshot: Snapshot | undefined
  /** When that was, by `performance.now()`. */
  confirmedAt: number
  /** What was forgotten while each of the questions under way was asked: answers from before are not remembered. */
  readonly asking: Set<Missed>
  looking: NodeJS.Timeout | undefined
}

/** What was forgotten: everything, or some devices by their uids. */
interface Missed {
  all: boolean
  readonly devices: Set<string>
}

/**
 * Answers for devices that there is nothing to do for, from memory, and never hands out anything. It looks several times
 * a second for what any process has committed, and what this process commits counts at once; when it cannot look, it
 * remembers nothing.
 */
export class Edge {
  readonly #parts: Parts
  readonly #memories = new Map<TenantId, Memory>()
  readonly #looks = new Set<Promise<void>>()
  readonly #deaf: () => void
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#deaf = listen((tenant, events) => this.#hear(tenant, events))
  }

  /** The device of a claimant, if it is known to be theirs and that there is nothing for it; it counts as heard of. */
  find({ tenant, controllerId, hash }: Claimant): KnownDevice | undefined {
    const memory = this.#memories.get(tenant)
    if (!memory || performance.now() - memory.confirmedAt > confirmedForMs) return undefined
    const now = this.#parts.clock.now()
    const device = memory.idle.find(controllerId, hash, now.getTime())
    if (!device) return undefined
    memory.seen.add(device.id)
    memory.seenSince ??= now
    this.#lookSoon(tenant, memory)
    return device
  }

  /**
   * Asks the database, and remembers the devices that there turns out to be nothing for, unless that was overtaken
   * while it was asked.
   * @param idleIn whom that is, by the answer
   */
  async learn<A>(
    tenant: TenantId,
    ask: () => Promise<A>,
    idleIn: (answer: A) => Iterable<readonly [Claimant, KnownDevice]>,
  ): Promise<A> {
    const memory = this.#memoryOf(tenant)
    this.#lookSoon(tenant, memory)
    const missed: Missed = { all: memory.snapshot === undefined, devices: new Set() }
    memory.asking.add(missed)
    try {
      const answer = await ask()
      if (missed.all) return answer
      const until = this.#parts.clock.now().getTime() + lifeMs
      for (const [{ controllerId, hash }, device] of idleIn(answer))
        if (!missed.devices.has(device.uid)) memory.idle.keep(controllerId, hash, device, until)
      return answer
    } finally {
      memory.asking.delete(missed)
    }
  }

  /** Writes down who was heard of, and remembers nothing any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#deaf()
    for (const { looking } of this.#memories.values()) clearTimeout(looking)
    await Promise.all(this.#looks)
    for (const [tenant, memory] of this.#memories) {
      if (memory.seen.size > 0) await this.#look(tenant, memory)
    }
    this.#memories.clear()
  }

  #memoryOf(tenant: TenantId): Memory {
    const known = this.#memories.get(tenant)
    if (known) return known
    const made: Memory = {
      idle: new IdleDevices(mostDevices),
      seen: new Set(),
      seenSince: undefined,
      snapshot: undefined,
      confirmedAt: Number.NEGATIVE_INFINITY,
      asking: new Set(),
      looking: undefined,
    }
    this.#memories.set(tenant, made)
    return made
  }

  /** A tenant whose devices do not poll costs nothing. */
  #lookSoon(tenant: TenantId, memory: Memory): void {
    if (memory.looking || this.#closed) return
    memory.looking = setTimeout(() => {
      const look = this.#look(tenant, memory).finally(() => {
        memory.looking = undefined
        this.#looks.delete(look)
      })
      this.#looks.add(look)
    }, everyMs)
  }

  /** Writes down who was heard of, and forgets whatever anybody's news may have changed. */
  async #look(tenant: TenantId, memory: Memory): Promise<void> {
    const { store, clock, log } = this.#parts
    const [ids, since] = [[...memory.seen], memory.seenSince ?? clock.now()]
    memory.seen.clear()
    memory.seenSince = undefined
    const began = performance.now()
    try {
      const { events, ...snapshot } = await withScope(store, systemScope(tenant, 'edge'), async (scoped) => {
        if (ids.length > 0) await noteSeen(scoped, since, ids)
        return committedSince(scoped, memory.snapshot, mostEvents)
      })
      if (events.length >= mostEvents || snapshot.epoch !== memory.snapshot?.epoch) this.#forgetAll(memory)
      else this.#hear(tenant, events)
      memory.snapshot = snapshot
      memory.confirmedAt = began
    } catch (err) {
      log.warn({ err }, 'the edge could not look for news, and answers nothing from memory')
      // They have been heard of all the same; the next look writes it.
      for (const id of ids) memory.seen.add(id)
      memory.seenSince ??= since
    }
  }

  #forgetAll(memory: Memory): void {
    for (const missed of memory.asking) missed.all = true
    memory.idle.forgetAll()
  }

  #forget(memory: Memory, uid: string): void {
    for (const missed of memory.asking) missed.devices.add(uid)
    memory.idle.forget(uid)
  }

  #hear(tenant: TenantId, events: readonly Told[]): void {
    const memory = this.#memories.get(tenant)
    if (!memory) return
    for (const { kind, subject, device } of events) {
      const effect = effects[kind as EventKind] ?? 'all'
      if (effect === 'all') this.#forgetAll(memory)
      if (effect === 'device') this.#forget(memory, device ?? subject)
    }
  }
}
