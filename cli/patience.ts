import { ProblemError } from '@suture/contract/client.ts'
import { exitStatus, Failure } from './failure.ts'

/** For so long a server may be away, as it is while it starts again, in milliseconds. */
const mostAway = 60_000
/** A timer waits no longer, in milliseconds. */
const longest = 2 ** 31 - 1

/** How many milliseconds to wait after a call that threw `error`, told as `failure`, before it is made again; undefined when that is no use. */
type Pause = (error: unknown, failure: unknown, now: number) => number | undefined

/**
 * Bears with one look at something that goes on: with a server that is away for a minute without a word, and with one that
 * wants not to be asked for as long as it says. Such a plea is a word.
 */
export function patience(): Pause {
  let awaySince: number | undefined
  return (error, failure, now) => {
    if (error instanceof ProblemError && error.problem.status === 429) {
      awaySince = undefined
      return Math.min(longest, Math.max(1, error.retryAfter ?? 1) * 1_000)
    }
    const isAway =
      failure instanceof Failure && (failure.status === exitStatus.unreachable || failure.status === exitStatus.fault)
    awaySince ??= now
    return isAway && now - awaySince < mostAway ? 1_000 : undefined
  }
}
