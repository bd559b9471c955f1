import type { z } from 'zod'
import type { Cautions } from './rollout-plan.ts'

type Quarantine = z.output<typeof Cautions>['quarantined'][number]
type Uncovered = NonNullable<z.output<typeof Cautions>['uncovered']>

/** Which revision, in words. */
export const revisionText = (given: Pick<Quarantine, 'manufacturer' | 'model' | 'hardwareRevision'>): string =>
  `${given.manufacturer} ${given.model} revision ${given.hardwareRevision}`

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`

/** What became of a revision that was quarantined before, and what this plan does with it. */
export function quarantineFate({ failed, silent, devices, named }: Quarantine): string {
  const was = `${failed} failed, ${silent} more fell silent.`
  if (devices === 0) return `${was} None of its devices is in this plan.`
  const here = `${many(devices, 'of its devices is', 'of its devices are')} in this plan`
  return `${was} ${here}, which ${named ? 'names the revision' : 'was made without knowing that'}.`
}

const because: Readonly<Record<'passed' | 'failed' | 'none', string>> = {
  passed: 'no rig stood for them in the lab',
  failed: 'the release failed when the lab last tested it',
  none: 'the lab has given no verdict',
}

/** How many devices of a plan nobody tried the release on, and why; nothing where there are none. */
export const untestedText = ({ verdict, devices, kinds }: Uncovered): string =>
  devices === 0
    ? ''
    : `The plan reaches untested devices, ${devices} of ${many(kinds, 'kind')}: ${because[verdict ?? 'none']}.`

/** How many kinds of untested device are not named; nothing where all are. */
export const moreKindsText = ({ kinds, cells }: Uncovered): string =>
  kinds > cells.length ? `and ${many(kinds - cells.length, 'kind')} more` : ''

/** That nothing is said of some devices; nothing where something is said of all. */
export const unseenText = ({ unseen }: Uncovered): string =>
  unseen === 0
    ? ''
    : `${many(unseen, 'device of the plan is', 'devices of the plan are')} at sites that you may not see.`
