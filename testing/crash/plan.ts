import { Random } from '../random.ts'

/** What is killed: the server, the signer, PostgreSQL as a whole (its first process), or one connection's process. */
export const targets = ['server', 'signer', 'postgres', 'backend'] as const
type Target = (typeof targets)[number]

/**
 * When the kill falls: at some moment, right after jobs were handed out or a word was kept (between COMMIT and the
 * answer), while tasks run, while bytes arrive, or while the signer writes to its journal.
 */
type Moment = 'whenever' | 'claim' | 'word' | 'task' | 'upload' | 'signature'

/** One kill of a run. */
export interface Kill {
  readonly no: number
  readonly targets: readonly Target[]
  readonly moment: Moment
  /** How long the world runs before the moment is looked for, in milliseconds. */
  readonly afterMs: number
  /** How much later than the moment the kill falls, in milliseconds. */
  readonly lateMs: number
  /** How long a killed server stays away before it is started again, in milliseconds. */
  readonly downMs: number
}

/** Singly and together: every kind comes in a run of eight kills or more. */
const kinds: readonly (readonly Target[])[] = [
  ['server', 'signer', 'postgres'],
  ['server'],
  ['postgres'],
  ['signer'],
  ['server', 'postgres'],
  ['server', 'signer'],
  ['signer', 'postgres'],
  ['backend'],
]

/** Which targets a moment is about: a signature is the signer's, everything else the server's and the database's. */
const meets = (moment: Moment, killed: readonly Target[]): boolean =>
  moment === 'signature' ? killed.includes('signer') : killed.includes('server') || killed.includes('postgres')

const moments: readonly Moment[] = ['task', 'word', 'claim', 'upload', 'signature', 'task']

/** Gives each moment to the first kill that fits it and has none yet. */
function withMoments(drawn: readonly (readonly Target[])[]): readonly Moment[] {
  const given = new Map<number, Moment>()
  for (const moment of moments) {
    const at = drawn.findIndex((killed, no) => !given.has(no) && meets(moment, killed))
    if (at >= 0) given.set(at, moment)
  }
  return drawn.map((_, no) => given.get(no) ?? 'whenever')
}

function shuffle<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/**
 * The kills of a run, the same for the same seed.
 * @param longMs the one downtime that is longer than the plan lets devices be silent
 */
export function planOf(seed: number, count: number, longMs: number): readonly Kill[] {
  const random = new Random(seed)
  const drawn = Array.from({ length: count }, (_, no) => kinds[no] ?? random.pick(kinds))
  const order = shuffle(drawn, random)
  const at = withMoments(order)
  // Jobs are under way in the middle of a run: a downtime there is the one that silence clocks would notice.
  const middle = order
    .map((killed, no) => ({ no, isServer: killed.includes('server') }))
    .filter((each) => each.isServer)
  const long = middle[Math.floor(middle.length / 2)]?.no
  return order.map((killed, no) => ({
    no: no + 1,
    targets: killed,
    moment: at[no] ?? 'whenever',
    afterMs: Math.round(300 + random.next() * 2200),
    lateMs: random.next() < 0.5 ? 0 : Math.round(random.next() * 30),
    downMs: no === long ? longMs : Math.round(random.next() * 800),
  }))
}
