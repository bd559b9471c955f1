import { coalesce } from '#platform/coalesce.ts'
import { type Scoped, type Store, systemScope, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import type { Claimant } from '../../edge/index.ts'
import type { Assignment, Courier, DeviceReport, Order, ReportOutcome, Word } from '../port.ts'
import { identify, mayWork } from './poll.ts'

interface Parts {
  readonly store: Store
  readonly couriers: readonly Courier[]
}

/** Asks for the assignment that a path names; an id that is none names nothing. */
interface Question {
  readonly claimant: Claimant
  readonly actionId: number | undefined
}

/** A device's word about the assignment that the path names, or why it is none. */
export interface Feedback extends Question {
  readonly about: Assignment['kind']
  readonly said: DeviceReport | Refusal
}

/** What became of a word; `not-cancelling`: nobody called that assignment back. */
export type FeedbackOutcome = ReportOutcome | 'not-cancelling'

/** What the couriers have for these orders, each at its place: the first that knows one answers. */
async function assignedTo(
  scoped: Scoped,
  couriers: readonly Courier[],
  orders: readonly Order[],
): Promise<readonly (Assignment | undefined)[]> {
  const found: (Assignment | undefined)[] = orders.map(() => undefined)
  for (const courier of couriers) {
    const left = [...orders.keys()].filter((at) => found[at] === undefined)
    if (left.length === 0) break
    const given = await courier.assigned(
      scoped,
      left.map((at) => orders[at] as Order),
    )
    for (const [n, at] of left.entries()) found[at] = given[n]
  }
  return found
}

/** What becomes of these words, each at its place: the first courier that knows the assignment takes one. */
async function takenBy(
  scoped: Scoped,
  couriers: readonly Courier[],
  words: readonly Word[],
): Promise<readonly ReportOutcome[]> {
  const outcomes: ReportOutcome[] = words.map(() => 'unknown')
  for (const courier of couriers) {
    const left = [...words.keys()].filter((at) => outcomes[at] === 'unknown')
    if (left.length === 0) break
    const taken = await courier.take(
      scoped,
      left.map((at) => words[at] as Word),
    )
    for (const [n, at] of left.entries()) outcomes[at] = taken[n] ?? 'unknown'
  }
  return outcomes
}

/** The order of each question whose device may be given work. */
async function ordersOf(
  scoped: Scoped,
  questions: readonly Question[],
): Promise<{ readonly known: boolean; readonly order: Order | undefined }[]> {
  const deviceOf = await identify(
    scoped,
    questions.map(({ claimant }) => claimant),
  )
  return questions.map(({ claimant, actionId }) => {
    const device = deviceOf(claimant)
    const order = device && mayWork(device) && actionId !== undefined ? { device: device.id, actionId } : undefined
    return { known: device !== undefined, order }
  })
}

/** Answers some, each at its place, and leaves the others out. */
async function answerSome<Q, A>(
  all: readonly (Q | undefined)[],
  answer: (some: readonly Q[]) => Promise<readonly A[]>,
): Promise<readonly (A | undefined)[]> {
  const places = [...all.keys()].filter((at) => all[at] !== undefined)
  const answers = places.length === 0 ? [] : await answer(places.map((at) => all[at] as Q))
  const found: (A | undefined)[] = all.map(() => undefined)
  for (const [n, at] of places.entries()) found[at] = answers[n]
  return found
}

/**
 * As many words as one device may say about one assignment in a batch: each is taken after the one before has moved it,
 * and the others of the batch wait for that. A device that hears each answer before it goes on says one.
 */
const mostOfOne = 8

/** Which of these orders come too often in one batch. */
function crowding(orders: readonly (Order | undefined)[]): readonly boolean[] {
  const counts = new Map<string, number>()
  return orders.map((order) => {
    if (!order) return false
    const key = `${order.device} ${order.actionId}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > mostOfOne
  })
}

async function takeFeedback(scoped: Scoped, couriers: readonly Courier[], batch: readonly Feedback[]) {
  const asked = await ordersOf(scoped, batch)
  const orders = asked.map(({ order }) => order)
  // Only what was called back can be said to be cancelled.
  const cancelled = await answerSome(
    orders.map((order, at) => (batch[at]?.about === 'cancel' ? order : undefined)),
    (some) => assignedTo(scoped, couriers, some),
  )
  const isTooMuch = crowding(orders)
  const words = orders.map((order, at): Word | undefined => {
    const said = batch[at]?.said
    const isWord =
      said !== undefined && !(said instanceof Refusal) && cancelled[at]?.kind !== 'install' && !isTooMuch[at]
    return order && isWord ? { ...order, said } : undefined
  })
  const taken = await answerSome(words, (some) => takenBy(scoped, couriers, some))
  return asked.map(({ known }, at): FeedbackOutcome | Refusal | undefined => {
    if (!known) return undefined
    const said = batch[at]?.said
    if (said instanceof Refusal) return said
    if (isTooMuch[at]) return new Refusal('http/too-many-requests', { retryAfterSeconds: 1 })
    return cancelled[at]?.kind === 'install' ? 'not-cancelling' : (taken[at] ?? 'unknown')
  })
}

/**
 * As many as one transaction takes, and for how long the first of them waits for others, in milliseconds: at some
 * hundreds of rows a statement PostgreSQL is at its best, and a device does not notice the wait.
 */
const bounds = { most: 500, waitMs: 10, atOnce: 2, waiting: 20_000 }

/** Answers what is asked in one tenant in one transaction of it. */
const inTenant = <Q extends Question, A>(
  store: Store,
  answer: (scoped: Scoped, own: readonly Q[]) => Promise<readonly A[]>,
) => ({
  partOf: ({ claimant }: Q) => claimant.tenant,
  answer: (own: readonly [Q, ...Q[]]) =>
    withScope(store, systemScope(own[0].claimant.tenant, 'ddi'), (scoped) => answer(scoped, own)),
})

/** Finds what assignments name, those that are asked for together in one transaction; nothing for a stranger. */
export const createAssigned = ({ store, couriers }: Parts) =>
  coalesce<Question, { readonly assignment: Assignment | undefined } | undefined>({
    ...bounds,
    ...inTenant(store, async (scoped, batch) => {
      const asked = await ordersOf(scoped, batch)
      const found = await answerSome(
        asked.map(({ order }) => order),
        (some) => assignedTo(scoped, couriers, some),
      )
      return asked.map(({ known }, at) => (known ? { assignment: found[at] } : undefined))
    }),
  })

/**
 * Takes devices' words, those that come together in one transaction, and answers after its commit; nothing for a
 * stranger, and for a word that is none the refusal.
 */
export const createFeedback = ({ store, couriers }: Parts) =>
  coalesce<Feedback, FeedbackOutcome | Refusal | undefined>({
    ...bounds,
    ...inTenant(store, (scoped, batch) => takeFeedback(scoped, couriers, batch)),
  })

/** Tells the couriers whose devices have fetched everything, those that end together in one transaction. */
export const createServed = ({ store, couriers }: Parts) =>
  coalesce<Question, void>({
    ...bounds,
    ...inTenant(store, async (scoped, batch) => {
      const orders = (await ordersOf(scoped, batch)).flatMap(({ order }) => order ?? [])
      for (const courier of couriers) await courier.served(scoped, orders)
      return batch.map(() => undefined)
    }),
  })
