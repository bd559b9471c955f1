/** Why a rollout or a wave is where it is, as data: the code, and the sentence that explains it. */
export const rolloutReasons = {
  'within-limits':
    'The devices of the wave were watched for as long as the plan asks, and failures stayed within its limits',
  'adds-no-device': 'The wave reaches no device that an earlier one did not',
  'under-way': 'Devices of the wave are still under way',
  'not-all-offered': 'Devices of the wave have not come to fetch the update yet',
  'too-few-ended': 'Fewer devices of the wave have ended than the plan asks for before it is judged',
  'revision-unseen': 'Too few devices of a revision have ended for the next wave to reach more of them',
  soaking: 'The devices of the wave are being watched',
  'late-devices': 'Devices that the rollout reaches are still coming to fetch the update',
  'failure-limit': 'More devices of the wave failed than the plan allows; silence counts as failure',
  'revision-limit': 'More devices of a revision failed than the plan allows; silence counts as failure',
  'adds-only-quarantined':
    'Every device that the wave adds is of a revision that was quarantined or held; the others go on',
  'only-quarantined': 'Every device that is left is of a revision that was quarantined or held',
  'all-ended': 'Every device that the rollout reaches has ended',
  'some-not-offered': 'Every device that came has ended; the others stayed away for longer than the plan waits',
  'stopped-by-person': 'Somebody stopped it',
  'time-over': 'The time that the plan allows is over',
  'release-withdrawn': 'The release was withdrawn, so the rollout was stopped',
  'release-unverified': 'The release is not published under a statement that verifies, so it is offered to nobody new',
  'plan-unverified': 'The stored plan or its audience is not what the signer signed, so nothing runs',
} as const
export type RolloutReason = keyof typeof rolloutReasons

/** What each figure of such a reason says, with `{}` where the figure goes. */
const rolloutFigures = {
  model: 'model {}',
  hardwareRevision: 'revision {}',
  devices: '{} devices',
  ended: '{} have ended',
  failed: '{} failed',
  silent: '{} of the failed were silent',
  maxFailurePercent: 'at most {} % may fail',
  needed: '{} must have ended',
  seconds: 'for {} s so far',
  soakSeconds: 'watched for {} s in all',
  silenceSeconds: 'waited for up to {} s',
  person: 'by {}',
  notAfter: 'until {}',
} as const
export type RolloutFigure = keyof typeof rolloutFigures

/** Why a job ended as it did. */
export const jobReasons = {
  'as-wanted': 'The device was read and runs the wanted version',
  'old-version': 'The device says that it succeeded, and was read twice running the version from before',
  'never-fetched':
    'The device says that it succeeded, never fetched the whole update, and was read running the old version',
  'other-version': 'The device was read twice running neither the wanted version nor the one from before',
  'wanted-despite-failure': 'The device says that it failed, and was read twice running the wanted version',
  'wrong-serial': 'What answered at the device’s address has another serial number',
  'device-rolled-back': 'The device says that it failed, and was read running the version from before',
  'no-answer': 'The device did not tell its identity within the limit after its report',
  'no-address': 'No address of the device is known at which its identity could be read',
  'address-not-allowed': 'The device’s address lies outside the networks in which its site allows requests',
  'no-word': 'The device said nothing for longer than the plan allows',
  'refused-by-device': 'The device or its operator refused',
  'rollout-stopped': 'The rollout was stopped before the device began to write',
  'revision-quarantined': 'Its revision was quarantined before the device began to write',
  'revision-held': 'Somebody held its revision before the device began to write',
  'release-withdrawn': 'The release was withdrawn before the device began to write',
  'rollout-expired': 'The rollout’s time was over before the device began to write',
} as const
export type JobReason = keyof typeof jobReasons

export interface Why {
  readonly code: RolloutReason
  readonly figures: Readonly<Record<string, string | number>>
}

const figureText = ([name, value]: [string, string | number]): string =>
  Object.hasOwn(rolloutFigures, name)
    ? rolloutFigures[name as RolloutFigure].replace('{}', () => String(value))
    : `${name} ${value}`

/** What is known to this version comes first, in the order of its table; a database stores them in any. */
const placeOf = ([name]: readonly [string, unknown]): number => {
  const at = Object.keys(rolloutFigures).indexOf(name)
  return at < 0 ? Number.MAX_SAFE_INTEGER : at
}

/** Why a rollout or a wave is where it is, as a sentence with its figures; nothing where there is no reason. */
export function reasonText(why: Why | null): string {
  if (why === null) return ''
  const figures = Object.entries(why.figures)
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map(figureText)
  return `${rolloutReasons[why.code]}${figures.length === 0 ? '' : ` (${figures.join(', ')})`}`
}

/** Why a job ended as it did, as a sentence; nothing where there is no reason. */
export const jobReasonText = (reason: JobReason | null): string => (reason === null ? '' : jobReasons[reason])

const keys = <T extends object>(table: T) => Object.keys(table) as [keyof T & string, ...(keyof T & string)[]]
export const rolloutReasonCodes = keys(rolloutReasons)
export const jobReasonCodes = keys(jobReasons)
