import type { JobState } from '@suture/contract/states.ts'
import type { Job, Stopped, Wave } from './kinds.ts'
import { count } from './words.ts'

/** What a stop would come to, device by device. */
export interface StopCounts {
  /** Are offered nothing any more. */
  readonly spared: number
  /** Have not begun to write, and are called back at their next poll. */
  readonly recalled: number
  /** Write or restart: they finish. */
  readonly flashing: number
  /** Have reported, and are read all the same. */
  readonly verifying: number
}

const among = (jobs: readonly Pick<Job, 'state'>[], states: readonly JobState[]): number =>
  jobs.filter(({ state }) => states.includes(state)).length

/** What a stop would do now, as far as the jobs that were told to us go. */
export const stopCounts = (
  waves: readonly Pick<Wave, 'strata'>[],
  jobs: readonly Pick<Job, 'state'>[],
): StopCounts => ({
  spared: waves
    .flatMap(({ strata }) => strata)
    .filter(({ quarantined }) => !quarantined)
    .reduce((sum, { devices, offered }) => sum + Math.max(0, devices - offered), 0),
  recalled: among(jobs, ['offered', 'downloading', 'downloaded', 'cancelling']),
  flashing: among(jobs, ['installing', 'rebooting']),
  verifying: among(jobs, ['reported']),
})

/** What Stop can do and what it cannot, in sentences; of what there is none, nothing is said. */
export const stopTexts = ({ spared, recalled, flashing, verifying }: StopCounts): string[] => {
  const texts: readonly [number, string][] = [
    [spared, `${count(spared, 'device is', 'devices are')} not offered the update any more.`],
    [
      recalled,
      `${count(recalled, 'device that has not begun to write is', 'devices that have not begun to write are')} called back at the next poll.`,
    ],
    [
      flashing,
      `${count(flashing, 'device is', 'devices are')} writing or restarting and will finish: interrupting them is riskier.`,
    ],
    [verifying, `${count(verifying, 'device has', 'devices have')} reported and will still be read.`],
  ]
  const underWay = recalled + flashing + verifying
  return [
    ...texts.filter(([devices]) => devices > 0).map(([, text]) => text),
    ...(underWay === 0 ? ['No device is under way.'] : []),
  ]
}

/** What a stop did, in sentences. */
export const stoppedTexts = ({ cancelling, flashing, verifying }: Stopped): string[] => [
  'Stopped for good.',
  `${count(cancelling, 'device is', 'devices are')} called back, and answer at their next poll.`,
  `${count(flashing, 'device is', 'devices are')} in mid-flash: left alone, finishing, and then read.`,
  `${count(verifying, 'device has', 'devices have')} reported and ${verifying === 1 ? 'is' : 'are'} being read.`,
]
