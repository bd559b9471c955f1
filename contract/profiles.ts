import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { presetLimits, presets, usualHours } from './rollout-presets.ts'

/** What a new plan begins from, where whoever makes it says nothing else. */
export const PlanDefaults = z.strictObject({
  /** Which waves, and how many devices may fail. */
  preset: z.enum(presets),
  /** After how many seconds without a word a device that was offered the update counts as failed. */
  silenceSeconds: z
    .int()
    .min(1)
    .max(366 * 24 * 3600),
  /** How long the rollout may run. */
  hours: z
    .int()
    .min(1)
    .max(366 * 24),
})
export type PlanDefaults = z.output<typeof PlanDefaults>

/** What a plan begins from while nobody has chosen anything. */
export const firstDefaults: PlanDefaults = {
  preset: 'usual',
  silenceSeconds: presetLimits('usual').silenceSeconds,
  hours: usualHours,
}

/** The limits of a preset where a tenant waits for a word as long as its defaults say. */
export const limitsFrom = (preset: PlanDefaults['preset'], { silenceSeconds }: PlanDefaults) => ({
  ...presetLimits(preset),
  silenceSeconds,
})

export const profileNames = ['plant', 'device-maker', 'hospital'] as const
export type ProfileName = (typeof profileNames)[number]

interface Profile {
  readonly name: string
  /** For whom it is, and why it sets what it sets. */
  readonly says: string
  readonly sets: PlanDefaults
}

const hour = 3600
const day = 24

/** Everything that a profile is: a name for values that can be seen and changed one by one afterwards. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  plant: {
    name: 'Plant, careful',
    says: 'Devices that run all the time: each wave is watched for half a day or more, and one revision that fails stops everything.',
    sets: { preset: 'careful', silenceSeconds: hour, hours: 14 * day },
  },
  'device-maker': {
    name: 'Device maker',
    says: 'Devices in the hands of customers, on and off as they like: larger waves, and a day before silence counts as failure.',
    sets: { preset: 'usual', silenceSeconds: 24 * hour, hours: 30 * day },
  },
  hospital: {
    name: 'Hospital',
    says: 'Devices beside a patient, off between two uses: as careful as a plant, with a shift before silence counts as failure.',
    sets: { preset: 'careful', silenceSeconds: 8 * hour, hours: 30 * day },
  },
}

/** What no profile changes, so that nobody looks for it in one. */
export const inEveryProfile = {
  approval: 'Two people who did not make a plan approve it, and somebody starts it',
  network: 'Nothing is asked of a device on the network until its site names a probe network',
  notices: 'Nobody gets a mail who has not chosen one, and no webhook exists until somebody makes it',
  deadlines: 'Deadlines come from BOD 26-04 and the facts; what is unknown counts as the worse',
} as const

const Defaults = PlanDefaults.extend({
  /** The profile that set all of it; null while nobody chose one, and once somebody changed a part. */
  profile: z.enum(profileNames).nullable(),
  /** Null while nobody has chosen anything. */
  setBy: z.string().nullable(),
  setAt: Instant.nullable(),
})

export const listProfiles = endpoint({
  id: 'listProfiles',
  method: 'GET',
  path: '/profiles',
  may: 'signed-in',
  tag: 'Rollouts',
  summary: 'The profiles, what each sets, and what none changes.',
  reply: z.object({
    items: z.array(z.object({ profile: z.enum(profileNames), name: z.string(), says: z.string(), sets: PlanDefaults })),
    inEvery: z.array(z.string()),
  }),
})

export const getPlanDefaults = endpoint({
  id: 'getPlanDefaults',
  method: 'GET',
  path: '/plan-defaults',
  may: 'signed-in',
  tag: 'Rollouts',
  summary: 'What new plans begin from in this tenant, and who chose it.',
  reply: Defaults,
})

export const chooseProfile = endpoint({
  id: 'chooseProfile',
  method: 'POST',
  path: '/profiles/choose',
  may: 'deployment:set-defaults',
  tag: 'Rollouts',
  summary:
    'Has new plans begin from what a profile sets. Plans that are there stay as they are, and so does every device.',
  edits: getPlanDefaults,
  body: z.strictObject({ profile: z.enum(profileNames) }),
  reply: Defaults,
  refusals: ['auth/all-sites-needed'],
})

export const changePlanDefaults = endpoint({
  id: 'changePlanDefaults',
  method: 'PATCH',
  path: '/plan-defaults',
  may: 'deployment:set-defaults',
  tag: 'Rollouts',
  summary: 'Changes a part of what new plans begin from; then it is no profile’s any more.',
  edits: getPlanDefaults,
  body: PlanDefaults.partial().refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    'names nothing to change',
  ),
  reply: Defaults,
  refusals: ['auth/all-sites-needed'],
})

/** A length of time for people, in the largest unit of which it is a whole number. */
function lengthText(seconds: number): string {
  const units = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 }
  const [unit, size] = Object.entries(units).find(([, size]) => seconds % size === 0) ?? ['seconds', 1]
  const count = seconds / size
  return `${count} ${count === 1 ? unit.replace(/s$/, '') : unit}`
}

/** What a plan begins from, each part with its name. */
export const partsOf = ({ preset, silenceSeconds, hours }: PlanDefaults): readonly (readonly [string, string])[] => [
  ['Waves and limits', preset],
  ['Silence counts as failure after', lengthText(silenceSeconds)],
  ['A rollout may run for', lengthText(hours * hour)],
]
