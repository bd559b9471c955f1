import type { getUser } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import type { DeviceActionState } from '@suture/contract/device-actions.ts'
import type { matchVerdicts } from '@suture/contract/intelligence.ts'
import type { signingStates } from '@suture/contract/signing.ts'
import type {
  Assurance,
  DeliveryState,
  DeviceState,
  JobState,
  LabRunState,
  ReleaseState,
  RolloutState,
  WaveState,
  WebhookState,
} from '@suture/contract/states.ts'
import type { Tone } from './glyph.tsx'
import type { GlyphName } from './glyph-names.ts'

/** How a state looks, and the word that always stands beside it. */
export interface Look {
  readonly glyph: GlyphName
  readonly tone: Tone
  readonly word: string
}

const look = (glyph: GlyphName, tone: Tone, word: string): Look => ({ glyph, tone, word })

/**
 * The status vocabulary. Shape says what (circle job, square wave or rollout, hexagon release, chip device), filled
 * means final, an octagon stopped or failed, a diamond a person. A state without glyph, colour and word does not compile.
 */
export const looks = {
  device: {
    // Nobody judges silence outside of rollouts yet, so being in service is nothing to be sure of.
    live: look('live', 'idle', 'in service'),
    quiet: look('quiet', 'soon', 'quiet'),
    silent: look('silent', 'danger', 'silent'),
    asleep: look('sleepy', 'idle', 'asleep'),
    isolated: look('isolated', 'danger', 'isolated'),
    quarantined: look('unidentified', 'human', 'quarantined: nobody has admitted it'),
    retired: look('retired', 'idle', 'retired'),
  } satisfies Record<DeviceState, Look>,
  action: {
    draft: look('draft', 'idle', 'draft'),
    running: look('running', 'moving', 'under way'),
    done: look('finished', 'closed', 'done'),
    stopped: look('stopped', 'danger', 'stopped'),
  } satisfies Record<DeviceActionState, Look>,
  job: {
    waiting: look('waiting', 'idle', 'waiting'),
    offered: look('offered', 'moving', 'offered'),
    downloading: look('downloading', 'moving', 'downloading'),
    downloaded: look('staged', 'moving', 'downloaded'),
    installing: look('installing', 'moving', 'installing'),
    rebooting: look('rebooting', 'moving', 'rebooting'),
    reported: look('confirming', 'moving', 'reported, being verified'),
    cancelling: look('cancelled', 'soon', 'cancelling'),
    verified: look('done', 'closed', 'verified'),
    failed: look('failed', 'danger', 'failed'),
    silent: look('stalled', 'danger', 'silent'),
    unverified: look('insufficient', 'soon', 'reported, not verified'),
    disputed: look('disputed', 'danger', 'disputed'),
    'rolled-back': look('rolledback', 'soon', 'rolled back'),
    rejected: look('rejected', 'human', 'rejected by the device'),
    cancelled: look('cancelled', 'idle', 'cancelled'),
    superseded: look('cancelled', 'idle', 'superseded'),
  } satisfies Record<JobState, Look>,
  rollout: {
    draft: look('draft', 'idle', 'draft'),
    'awaiting-approval': look('approval', 'human', 'awaiting approval'),
    scheduled: look('scheduled', 'idle', 'approved and signed, not started'),
    running: look('running', 'moving', 'running'),
    paused: look('paused', 'soon', 'paused'),
    stopped: look('stopped', 'danger', 'stopped'),
    'rolling-back': look('rollingback', 'soon', 'rolling back'),
    finished: look('finished', 'closed', 'finished'),
    expired: look('expired', 'idle', 'expired'),
  } satisfies Record<RolloutState, Look>,
  wave: {
    'not-open': look('notopen', 'idle', 'not open'),
    open: look('running', 'moving', 'open'),
    observing: look('observing', 'moving', 'observing'),
    passed: look('finished', 'closed', 'passed'),
    stopped: look('stopped', 'danger', 'stopped'),
  } satisfies Record<WaveState, Look>,
  release: {
    draft: look('received', 'idle', 'draft'),
    'lab-passed': look('approved', 'closed', 'passed the lab'),
    published: look('published', 'closed', 'published'),
    deprecated: look('deprecated', 'soon', 'deprecated'),
    withdrawn: look('withdrawn', 'danger', 'withdrawn'),
  } satisfies Record<ReleaseState, Look>,
  'lab-run': {
    running: look('intest', 'moving', 'in the lab'),
    passed: look('pass', 'closed', 'passed'),
    failed: look('fail', 'danger', 'failed'),
  } satisfies Record<LabRunState, Look>,
  signing: {
    requested: look('key', 'moving', 'waits for the signer'),
    signed: look('verified', 'closed', 'signed'),
    refused: look('fail', 'danger', 'refused by the signer'),
  } satisfies Record<(typeof signingStates)[number], Look>,
  person: {
    invited: look('waiting', 'human', 'invited, no password yet'),
    active: look('person', 'idle', 'active'),
    disabled: look('block', 'soon', 'disabled'),
  } satisfies Record<Reply<typeof getUser>['state'], Look>,
  token: {
    valid: look('key', 'idle', 'valid'),
    revoked: look('block', 'idle', 'revoked'),
    expired: look('expired', 'idle', 'expired'),
  },
  webhook: {
    active: look('live', 'idle', 'active'),
    paused: look('paused', 'soon', 'paused'),
  } satisfies Record<WebhookState, Look>,
  delivery: {
    pending: look('waiting', 'idle', 'waiting'),
    delivered: look('done', 'closed', 'delivered'),
    dead: look('failed', 'danger', 'dead'),
  } satisfies Record<DeliveryState, Look>,
  match: {
    affected: look('open', 'soon', 'affected'),
    unknown: look('insufficient', 'idle', 'not known: counts as affected'),
  } satisfies Record<(typeof matchVerdicts)[number], Look>,
} as const

export type Kind = keyof typeof looks
export type ValueOf<K extends Kind> = keyof (typeof looks)[K] & string

/** What each level of assurance says, and how many stitches hold it. */
export const assurances = {
  claimed: { stitches: 0, tone: 'idle', says: 'claimed: nobody has read it back' },
  observed: { stitches: 1, tone: 'idle', says: 'observed by us' },
  signed: { stitches: 2, tone: 'closed', says: 'signed by the device, fresh' },
  measured: { stitches: 3, tone: 'closed', says: 'measured: what we chose' },
  attested: { stitches: 4, tone: 'closed', says: 'attested by hardware' },
} as const satisfies Record<Assurance, { stitches: number; tone: Tone; says: string }>
