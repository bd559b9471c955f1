import type { exclusions, planWarnings } from './rollout-plan.ts'

/** Why a device is not in the audience, as the end of a sentence that counts such devices. */
export const excludedBecause: Readonly<Record<(typeof exclusions)[number], string>> = {
  'not-live': 'not in service',
  rig: 'a rig of the lab',
  'not-targeted': 'of a model or revision that the release is not for',
  'up-to-date': 'on that version already',
  'quarantined-earlier': 'of a revision that an earlier rollout of the same artifact quarantined',
}

/** What a plan should say otherwise, although it may be meant. */
export const warningTexts: Readonly<Record<(typeof planWarnings)[number], string>> = {
  'silence-below-poll':
    'Devices poll so rarely that healthy ones would count as silent: allow at least two polls of silence.',
  'never-everyone': 'The last wave does not reach every device of the audience.',
  'sample-beyond-wave':
    'A wave waits for all of its devices: one that stays away holds the rollout until its time is over.',
}
