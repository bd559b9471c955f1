import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Why } from './rollout-wave.ts'
import { jobStates, rolloutStates } from './states.ts'

/** What a device passes on its way to another version, in this order; the first found that it does not pass is why it stays. */
export const updateGates = {
  service: 'It is in service',
  release: 'There is a published release for it',
  rollout: 'A rollout is for it',
  approval: 'The plan is approved and signed',
  start: 'The rollout runs',
  proof: 'Plan and release verify',
  revision: 'Its revision is not quarantined or held',
  wave: 'Its wave is open',
  job: 'It took the job',
  end: 'It was read running the version',
} as const
export type UpdateGate = keyof typeof updateGates

const gateNames = Object.keys(updateGates) as [UpdateGate, ...UpdateGate[]]

/** What a stop means for whoever looks: somebody has to act, time or the device will tell, or there is nothing to do. */
type StopKind = 'blocked' | 'waits' | 'done'

interface Stop {
  readonly gate: UpdateGate
  readonly kind: StopKind
  readonly says: string
  /** What somebody can do about it. */
  readonly remedy?: string
}

/** Everything at which a device can stay. */
export const updateStops = {
  registered: {
    ...{ gate: 'service', kind: 'blocked' },
    says: 'It registered itself, and nobody let it in',
    remedy: 'Admit it, or retire it',
  },
  retired: { gate: 'service', kind: 'done', says: 'It is retired' },
  'not-live': { gate: 'service', kind: 'blocked', says: 'It is {state}; rollouts are for live devices' },
  rig: { gate: 'service', kind: 'done', says: 'It is a rig of the lab, which no rollout reaches' },
  'no-release': {
    ...{ gate: 'release', kind: 'blocked' },
    says: 'No release for its model and hardware revision is published',
    remedy: 'Publish one that its lab verdict allows',
  },
  'up-to-date': { gate: 'release', kind: 'done', says: 'It runs {version} already' },
  incomparable: {
    ...{ gate: 'release', kind: 'blocked' },
    says: 'It runs {firmware}, which cannot be compared with {version}, the release published for it last',
    remedy: 'Find out which is later, and plan a rollout if it is {version}',
  },
  'no-rollout': {
    ...{ gate: 'rollout', kind: 'blocked' },
    says: 'No rollout that is not over is for it',
    remedy: 'Plan one for {version}',
  },
  'not-approved': {
    ...{ gate: 'approval', kind: 'blocked' },
    says: 'The plan has {approvals} of {needed} approvals',
    remedy: 'Two people who did not make it approve it',
  },
  'not-signed': { gate: 'approval', kind: 'waits', says: 'The plan is approved; the signer has not signed it yet' },
  'signing-refused': {
    ...{ gate: 'approval', kind: 'blocked' },
    says: 'The signer refused the plan: {refusal}',
    remedy: 'Make a new plan',
  },
  'not-started': {
    ...{ gate: 'start', kind: 'blocked' },
    says: 'Nobody has started the rollout; it may run from {notBefore} to {notAfter}',
    remedy: 'Start it',
  },
  'too-early': { gate: 'start', kind: 'waits', says: 'The rollout may begin at {notBefore}' },
  'time-over': { gate: 'start', kind: 'done', says: 'The time of the rollout was over at {notAfter}' },
  paused: {
    ...{ gate: 'start', kind: 'blocked' },
    says: 'The rollout is paused',
    remedy: 'Resume it, or stop it',
  },
  settling: {
    ...{ gate: 'start', kind: 'waits' },
    says: 'After the restore of a backup nobody new begins before {until}, when what was under way must be over',
  },
  unverified: {
    ...{ gate: 'proof', kind: 'blocked' },
    says: 'The stored plan is not what the signer signed, so nothing runs',
    remedy: 'Find out who changed it, before anything else',
  },
  'release-unverified': {
    ...{ gate: 'proof', kind: 'blocked' },
    says: 'The release was withdrawn, or is not published under a statement that verifies',
    remedy: 'Plan a rollout of another release',
  },
  'revision-quarantined': {
    ...{ gate: 'revision', kind: 'blocked' },
    says: 'Revision {hardwareRevision} was quarantined in this rollout: too many of its devices failed',
    remedy: 'Find out why they failed; a new plan can include the revision by name',
  },
  held: {
    ...{ gate: 'revision', kind: 'blocked' },
    says: '{person} held revision {hardwareRevision} in this rollout: {reason}',
    remedy: 'Mend the cause, then plan another rollout for it',
  },
  'beyond-waves': {
    ...{ gate: 'wave', kind: 'blocked' },
    says: 'No wave of the plan reaches it',
    remedy: 'Plan one whose last wave takes everybody',
  },
  'wave-not-open': { gate: 'wave', kind: 'waits', says: 'It is in wave {wave}, and the rollout is at wave {openWave}' },
  'not-asked': {
    ...{ gate: 'job', kind: 'waits' },
    says: 'Its wave is open, and it has not asked for work since; it was last heard {lastSeen}',
    remedy: 'Look whether it is switched on and reaches Suture',
  },
  'retry-waits': {
    ...{ gate: 'job', kind: 'waits' },
    says: 'Somebody has it tried again, and it has not asked for work since',
    remedy: 'Look whether it is switched on and reaches Suture',
  },
  busy: { gate: 'job', kind: 'waits', says: 'It is at work in another rollout' },
  'under-way': { gate: 'end', kind: 'waits', says: 'It is {state}; its last word came {lastWord}' },
  ended: {
    ...{ gate: 'end', kind: 'blocked' },
    says: 'Its job ended {state}; it is tried again only when somebody says so',
    remedy: 'Mend the cause; then have it tried again while the rollout runs, or plan another for it',
  },
  'tried-often': {
    ...{ gate: 'end', kind: 'blocked' },
    says: 'It was tried {attempts} times, and one rollout tries no device more often',
    remedy: 'Mend the cause, then plan another rollout for it',
  },
  'rollout-over': {
    ...{ gate: 'start', kind: 'done' },
    says: 'The rollout is {state}, so it tries nobody again',
    remedy: 'Plan another rollout for it',
  },
  'changed-since': {
    ...{ gate: 'end', kind: 'blocked' },
    says: 'It was read running {version} after its job, and runs {firmware} now',
    remedy: 'Find out what changed it; this rollout does not update it a second time',
  },
  verified: { gate: 'end', kind: 'done', says: 'It was read running {version}' },
} as const satisfies Readonly<Record<string, Stop>>
export type UpdateStop = keyof typeof updateStops

export const updateStopCodes = Object.keys(updateStops) as [UpdateStop, ...UpdateStop[]]

export type StopFigures = Readonly<Record<string, string | number>>

const filled = (text: string, figures: StopFigures): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(figures[name] ?? 'unknown'))

/** Why a device stays, as a sentence with its figures. */
export const stopText = ({ code, figures }: { readonly code: UpdateStop; readonly figures: StopFigures }): string =>
  filled(updateStops[code].says, figures)

/** What somebody can do about it; nothing where time or the device will tell. */
export function stopRemedy({
  code,
  figures,
}: {
  readonly code: UpdateStop
  readonly figures: StopFigures
}): string | undefined {
  const { remedy }: Stop = updateStops[code]
  return remedy && filled(remedy, figures)
}

/** Every gate in order, and what is known of it: only what was looked at is passed. */
export const gatesOf = ({
  passed,
  stop: { gate: here, code },
}: {
  readonly passed: readonly UpdateGate[]
  readonly stop: { readonly gate: UpdateGate; readonly code: UpdateStop }
}): { readonly gate: UpdateGate; readonly is: 'passed' | 'unknown' | StopKind }[] =>
  gateNames.map((gate) => ({
    gate,
    is: gate === here ? updateStops[code].kind : passed.includes(gate) ? 'passed' : 'unknown',
  }))

const named = z.object({ id: z.uuid(), name: z.string() })

export const explainUpdate = endpoint({
  id: 'explainUpdate',
  method: 'GET',
  path: '/devices/{id}/update',
  may: 'deployment:read',
  tag: 'Rollouts',
  summary:
    'Why a device does not update: what it has to pass in this order, and the first thing that it does not, as the engine itself decides it.',
  params: z.object({ id: z.uuid() }),
  reply: z.object({
    /** What it runs, as Suture believes. */
    firmware: z.string(),
    /** What it would run after; null where no published release is for it. */
    wanted: z.string().nullable(),
    /** The published release that counts for it, whatever a rollout installs. */
    release: named.nullable(),
    rollout: z.object({ ...named.shape, state: z.enum(rolloutStates) }).nullable(),
    job: z.object({ id: z.uuid(), state: z.enum(jobStates), class: z.string().nullable() }).nullable(),
    /** The gates that were looked at and that it passed; besides these and that of `stop`, none was looked at. */
    passed: z.array(z.enum(gateNames)),
    stop: z.object({
      gate: z.enum(gateNames),
      code: z.enum(updateStopCodes),
      figures: z.record(z.string(), z.union([z.number(), z.string()])),
      /** The same in words, and what somebody can do about it. */
      says: z.string(),
      remedy: z.string().nullable(),
    }),
    /** What the open wave waits for, where the device waits for its own. */
    wave: Why.nullable(),
  }),
  refusals: ['deployment/device-unknown'],
})
