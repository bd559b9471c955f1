import type { JobState } from '@suture/contract/states.ts'
import type { Job, Stopped, Wave } from './kinds.ts'
import { count } from './words.ts'

interface UnderWay {
  /** Have not begun to write, and are called back at their next poll. */
  readonly recalled: number
  /** Write or restart: they finish. */
  readonly flashing: number
  /** Have reported, and are read all the same. */
  readonly verifying: number
}

/** What a stop would come to, device by device. */
export interface StopCounts {
  /** Are offered nothing any more. */
  readonly spared: number
  /** Left out while nobody has told us the jobs. */
  readonly underWay?: UnderWay
}

const among = (jobs: readonly Pick<Job, 'state'>[], states: readonly JobState[]): number =>
  jobs.filter(({ state }) => states.includes(state)).length

/** What a stop would do now, as far as the jobs that were told to us go. */
export const stopCounts = (
  waves: readonly Pick<Wave, 'strata'>[],
  jobs: readonly Pick<Job, 'state'>[] | undefined,
): StopCounts => ({
  spared: waves
    .flatMap(({ strata }) => strata)
    .filter(({ quarantined, held }) => !quarantined && !held)
    .reduce((sum, { devices, offered }) => sum + Math.max(0, devices - offered), 0),
  ...(jobs && {
    underWay: {
      recalled: among(jobs, ['offered', 'downloading', 'downloaded', 'cancelling']),
      flashing: among(jobs, ['installing', 'rebooting']),
      verifying: among(jobs, ['reported']),
    },
  }),
})

/** What becomes of the devices that have the update in hand; of what there is none, nothing is said. */
function underWayTexts({ recalled, flashing, verifying }: UnderWay): string[] {
  const texts: readonly [number, string][] = [
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
  const some = texts.filter(([devices]) => devices > 0).map(([, text]) => text)
  return some.length === 0 ? ['No device is under way.'] : some
}

/** What Stop can do and what it cannot, in sentences. */
export const stopTexts = ({ spared, underWay }: StopCounts): string[] => [
  ...(spared > 0 ? [`${count(spared, 'device is', 'devices are')} not offered the update any more.`] : []),
  ...(underWay ? underWayTexts(underWay) : ['Which devices are under way is not known yet.']),
]

/** What a stop did, in sentences. */
export const stoppedTexts = ({ cancelling, flashing, verifying }: Stopped): string[] => [
  'Stopped for good.',
  `${count(cancelling, 'device is', 'devices are')} called back, and answer at their next poll.`,
  `${count(flashing, 'device is', 'devices are')} in mid-flash: left alone, finishing, and then read.`,
  `${count(verifying, 'device has', 'devices have')} reported and ${verifying === 1 ? 'is' : 'are'} being read.`,
]
