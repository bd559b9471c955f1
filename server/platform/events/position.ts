/**
 * A place in a tenant's events: the epoch of the database, the transaction that wrote the event, and its id.
 * Transactions become visible in another order than they began, so an id alone would lose the ones that commit late.
 */
export interface Position {
  readonly epoch: number
  /** A 64-bit transaction id (PostgreSQL `xid8`), as decimal text because it can pass 2^53. */
  readonly xid: string
  readonly id: number
}

export const writePosition = ({ epoch, xid, id }: Position): string => `${epoch}.${xid}.${id}`

/** The position a text stands for; undefined when it is none. */
export function readPosition(text: string): Position | undefined {
  const parts = /^(\d{1,9})\.(\d{1,20})\.(\d{1,15})$/.exec(text)
  const [, epoch, xid, id] = parts ?? []
  if (epoch === undefined || xid === undefined || id === undefined) return undefined
  return BigInt(xid) < 2n ** 64n ? { epoch: Number(epoch), xid, id: Number(id) } : undefined
}

/** Whether a place comes after another in the order in which events are told. */
export function isAfter(a: Position, b: Position): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch
  const [x, y] = [BigInt(a.xid), BigInt(b.xid)]
  return x === y ? a.id > b.id : x > y
}

/**
 * What was committed at a moment and what was not: a PostgreSQL snapshot, in which a transaction is over when it is
 * below `from`, or below `next` and not among those that were `running`.
 */
export interface Moment {
  /** Below every transaction that was running, so that a reader who goes on from here misses none of them. */
  readonly from: Position
  readonly next: bigint
  readonly running: ReadonlySet<string>
}

/** A moment from the epoch and the text of `pg_current_snapshot()`: `xmin:xmax:xid,xid,…`. */
export function momentOf(epoch: number, snapshot: string): Moment {
  const [xmin = '0', xmax = '0', running = ''] = snapshot.split(':')
  return { from: { epoch, xid: xmin, id: 0 }, next: BigInt(xmax), running: new Set(running.split(',')) }
}

/** Whether what is stored at a place was committed only after a moment, or in a later epoch. */
export function isSince({ epoch, xid }: Position, { from, next, running }: Moment): boolean {
  if (epoch !== from.epoch) return epoch > from.epoch
  return BigInt(xid) >= next || running.has(xid)
}

/** Whether no event can have such a place yet: it was made up, or told by another database. */
export const isAhead = ({ epoch, xid }: Position, { from, next }: Moment): boolean =>
  epoch > from.epoch || (epoch === from.epoch && BigInt(xid) > next)
