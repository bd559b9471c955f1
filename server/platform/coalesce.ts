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
  /** Answers a batch, each question at its place. */
  readonly answer: (questions: readonly Q[]) => Promise<readonly A[]>
}

interface Waiting<Q, A> {
  readonly question: Q
  readonly resolve: (answer: A) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers questions that come at almost the same time and has them answered in one go. A batch that fails fails for
 * everybody in it.
 * @throws Refusal `http/too-many-requests` when too many wait already
 */
export function coalesce<Q, A>({ waitMs, most, atOnce, waiting, answer }: Given<Q, A>): (question: Q) => Promise<A> {
  const queue: Waiting<Q, A>[] = []
  let running = 0
  let timer: NodeJS.Timeout | undefined

  const run = async (batch: readonly Waiting<Q, A>[]) => {
    try {
      const answers = await answer(batch.map(({ question }) => question))
      if (answers.length !== batch.length) throw new Error('A batch was answered with another number of answers')
      for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as A)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    if (running >= atOnce || queue.length === 0) return
    running++
    await run(queue.splice(0, most))
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
