import { Refusal } from './refusal.ts'

interface Given<Q, A> {
  /** How long the first question of a batch waits for others, in milliseconds. */
  readonly waitMs: number
  /** A batch that is so large waits no longer. */
  readonly most: number
  /** How many batches are answered at a time. */
  readonly atOnce: number
  /** How many questions may wait; what is beyond is refused at once. */
  readonly waiting: number
  /** What a question belongs to: of a batch, those that belong together are answered together. */
  readonly partOf: (question: Q) => unknown
  /** Answers those that belong together, each question at its place. */
  readonly answer: (questions: readonly [Q, ...Q[]]) => Promise<readonly A[]>
}

interface Waiting<Q, A> {
  readonly question: Q
  readonly resolve: (answer: A) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers questions that come at almost the same time and has them answered in one go. What fails fails for everybody
 * who belongs together in a batch, and for nobody else.
 * @throws Refusal `http/too-many-requests` when too many wait already
 */
export function coalesce<Q, A>({
  waitMs,
  most,
  atOnce,
  waiting,
  partOf,
  answer,
}: Given<Q, A>): (question: Q) => Promise<A> {
  const queue: Waiting<Q, A>[] = []
  let running = 0
  let timer: NodeJS.Timeout | undefined

  const run = async (part: readonly Waiting<Q, A>[]) => {
    try {
      const answers = await answer(part.map(({ question }) => question) as [Q, ...Q[]])
      if (answers.length !== part.length) throw new Error('A batch was answered with another number of answers')
      for (const [at, { resolve }] of part.entries()) resolve(answers[at] as A)
    } catch (error) {
      for (const { reject } of part) reject(error)
    }
  }
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    if (running >= atOnce || queue.length === 0) return
    running++
    for (const part of Map.groupBy(queue.splice(0, most), ({ question }) => partOf(question)).values()) await run(part)
    running--
    // Whoever came while all places were taken has waited long enough.
    if (queue.length > 0) void flush()
  }
  return (question) =>
    new Promise((resolve, reject) => {
      if (queue.length >= waiting) return reject(new Refusal('http/too-many-requests', { retryAfterSeconds: 1 }))
      queue.push({ question, resolve, reject })
      if (queue.length >= most) void flush()
      else timer ??= setTimeout(() => void flush(), waitMs)
    })
}
