import { between, createChance } from './chance.ts'
import type { DeviceEntry, Fleet } from './fleet.ts'

/** How one device goes through one offer: everything about it that is left to chance, in seconds. */
export interface Course {
  /** How long flashing takes, in parts; a slow device speaks between them. */
  readonly install: readonly number[]
  readonly boot: number
  /** How long it waits before it speaks: `download`, `downloaded`, `proceeding`, `closed`. */
  readonly pauses: readonly [number, number, number, number]
  /** Where it breaks its own download, as shares of the whole. */
  readonly breaks: readonly number[]
}

/** How much longer than the slowest of the others a slow device takes: longer than it may keep quiet, whatever the seed. */
const slowness = 2.1
/** The longest that a slow device keeps quiet of its own accord, in seconds. */
const longestPause = 1

/** Cuts a time into parts that are no longer than a slow device may keep quiet. */
function cut(seconds: number, draw: () => number): readonly number[] {
  const parts: number[] = []
  let left = seconds
  while (left > 0) {
    const part = Math.min(left, longestPause * (0.4 + 0.6 * draw()))
    parts.push(part)
    left -= part
  }
  return parts
}

/** What a device does with its n-th offer; the same fleet file always gives the same answer. */
export function courseOf(fleet: Fleet, { controllerId, behaviour }: DeviceEntry, nth: number): Course {
  const chance = createChance(fleet.seed, controllerId, 'offer', String(nth))
  const slow = behaviour === 'slow'
  const lasting = (range: readonly [number, number]) => (slow ? slowness * range[1] : between(chance, range))
  const [install, boot] = [lasting(fleet.installSeconds), lasting(fleet.bootSeconds)]
  const pause = () => (slow ? longestPause * chance() : 0)
  return {
    install: slow ? cut(install, chance) : [install],
    boot,
    pauses: [pause(), pause(), pause(), pause()],
    breaks: behaviour === 'interrupted' ? [between(chance, [0.1, 0.5]), between(chance, [0.5, 0.9])] : [],
  }
}

/** When a device polls for the first time, as a share of its interval, so that a fleet does not come all at once. */
export const firstPoll = ({ seed }: Fleet, { controllerId }: DeviceEntry): number =>
  createChance(seed, controllerId, 'first poll')()
