import {
  type StopFigures,
  type UpdateGate,
  type UpdateStop,
  updateGates,
  updateStops,
} from '@suture/contract/update-gates.ts'
import type { Offer } from './offer.ts'
import { type Candidate, excludedBecause, type Installable } from './plan.ts'
import { waveOf } from './reach.ts'

/** A code of `updateStops`, with the figures that its sentence names. */
export interface Stop {
  readonly code: UpdateStop
  readonly figures: StopFigures
}

/** A device, and when it was last heard. */
export interface Subject extends Candidate {
  readonly lastSeen: Date | null
}

/** The device's passage through the rollout: the last, where it passed several times. */
interface Passage {
  readonly state: string
  readonly versionWanted: string
  readonly lastWordAt: Date
  readonly isOver: boolean
  /** Whether a person had the device tried again after it. */
  readonly isAgain: boolean
}

/** A rollout that is for the device, as far as its bytes verify. */
export interface Way {
  readonly state: string
  readonly approvals: number
  readonly approvalsNeeded: number
  /** Why the signer refused the plan. */
  readonly refusal: string | undefined
  /** Undefined where there is no plan that the signer signed. */
  readonly window: { readonly notBefore: Date; readonly notAfter: Date } | undefined
  /** Undefined where it was withdrawn or does not verify. */
  readonly release: (Installable & { readonly version: string }) | undefined
  readonly isQuarantined: boolean
  /** Who left the revision out of the rest of the rollout, and why. */
  readonly held: { readonly person: string; readonly reason: string } | undefined
  /** The device's place in the order of the plan, and how far each wave reaches into its revision. */
  readonly place: number
  readonly reaches: readonly number[]
  readonly openWave: number
  readonly passage: Passage | undefined
}

interface Given {
  /** What is published for the device. */
  readonly offer: Offer | undefined
  readonly now: Date
  /** Until when nobody new begins, after a restore. */
  readonly settles: Date | undefined
}

/** Where a device stays, and the gates before that were looked at. */
interface Answer extends Stop {
  readonly passed: readonly UpdateGate[]
}

/** A gate that is looked at, and what is found there. */
type Look = readonly [UpdateGate, Stop | undefined]

export const stop = (code: UpdateStop, figures: StopFigures = {}): Stop => ({ code, figures })
const told = (at: Date | null): string => at?.toISOString() ?? 'never'

function outOfService({ isRig, state }: Subject): Stop | undefined {
  if (isRig) return stop('rig')
  if (state === 'retired') return stop('retired')
  if (state === 'quarantined') return stop('registered')
  return state === 'live' ? undefined : stop('not-live', { state })
}

function notOffered({ firmware }: Subject, offer: Offer | undefined): Stop | undefined {
  if (!offer) return stop('no-release')
  const { version } = offer.release
  if (offer.standing === 'incomparable') return stop('incomparable', { firmware, version })
  return offer.standing === 'later' ? undefined : stop('up-to-date', { version: firmware })
}

function ended({ state, versionWanted: version }: Passage, { firmware }: Subject): Stop {
  if (state !== 'verified') return stop('ended', { state })
  return firmware === version ? stop('verified', { version }) : stop('changed-since', { version, firmware })
}

function notSigned({ state, approvals, approvalsNeeded, refusal }: Way): Stop | undefined {
  if (state !== 'awaiting-approval' && state !== 'draft') return undefined
  if (approvals < approvalsNeeded) return stop('not-approved', { approvals, needed: approvalsNeeded })
  return refusal === undefined ? stop('not-signed') : stop('signing-refused', { refusal })
}

function notRunning(
  { state }: Way,
  window: NonNullable<Way['window']>,
  { now, settles }: Pick<Given, 'now' | 'settles'>,
): Stop | undefined {
  const [notBefore, notAfter] = [told(window.notBefore), told(window.notAfter)]
  if (now >= window.notAfter) return stop('time-over', { notAfter })
  if (now < window.notBefore) return stop('too-early', { notBefore })
  if (state === 'scheduled') return stop('not-started', { notBefore, notAfter })
  if (state === 'paused') return stop('paused')
  return settles && now < settles ? stop('settling', { until: told(settles) }) : undefined
}

function notAllowed({ hardwareRevision }: Subject, { isQuarantined, held }: Way): Stop | undefined {
  if (isQuarantined) return stop('revision-quarantined', { hardwareRevision })
  return held && stop('held', { hardwareRevision, ...held })
}

function notReached({ place, reaches, openWave }: Way): Stop | undefined {
  const wave = waveOf(place, reaches)
  if (wave === undefined) return stop('beyond-waves')
  return wave > openWave ? stop('wave-not-open', { wave, openWave }) : undefined
}

/** What speaks against a release for a device, where it is in service. */
function notForIt(release: Installable & { readonly version: string }, device: Subject): Stop | undefined {
  const excluded = excludedBecause(release, device)
  if (excluded === 'up-to-date') return stop('up-to-date', { version: release.version })
  return excluded === undefined ? undefined : stop('no-release')
}

/** The first look that finds something, or what is left when none does. */
function firstOf(looks: readonly Look[], last: Stop): Answer {
  const at = looks.findIndex(([, found]) => found)
  const passed = (at < 0 ? looks : looks.slice(0, at)).map(([gate]) => gate)
  return { ...(looks[at]?.[1] ?? last), passed }
}

/** Where a device stays on its way, in the order in which a claim for a job is decided. */
function answerOf(device: Subject, way: Way, { now, settles }: Given): Answer {
  const { passage, release, window } = way
  const service = ['service', undefined] as const
  const rollout = ['rollout', undefined] as const
  if (passage && !passage.isAgain) return firstOf([service, rollout, ['job', undefined]], ended(passage, device))
  const unproven = window ? (release ? undefined : stop('release-unverified')) : stop('unverified')
  return firstOf(
    [
      service,
      // What does not verify is not believed to be for the device or not.
      ...(release ? [['release', notForIt(release, device)] as const] : []),
      rollout,
      ['approval', notSigned(way)],
      ...(window ? [['start', notRunning(way, window, { now, settles })] as const] : []),
      ['proof', unproven],
      ['revision', notAllowed(device, way)],
      ['wave', notReached(way)],
    ],
    passage ? stop('retry-waits') : stop('not-asked', { lastSeen: told(device.lastSeen) }),
  )
}

/** What there is to say of a device without any rollout. */
const withoutWay = (device: Subject, { offer }: Given): Answer =>
  firstOf(
    [
      ['service', undefined],
      ['release', notOffered(device, offer)],
    ],
    stop('no-rollout', { version: offer?.release.version ?? '' }),
  )

const order = Object.keys(updateGates)
/** Where a claim finds a job. */
const handsOut: readonly UpdateStop[] = ['not-asked', 'retry-waits']

/**
 * How near an answer is to a job: nearest where a claim finds one, then where a rollout waits, where the device has been
 * through one, where one is missing, and where nothing is to be done; of two alike, the one that is further.
 */
function nearness({ code }: Stop, way: Way | undefined): number {
  const { gate, kind } = updateStops[code]
  const open = code === 'no-release' ? 0 : way === undefined ? 2 : way.passage && !way.passage.isAgain ? 3 : 4
  return (handsOut.includes(code) ? 5 : kind === 'done' ? 1 : open) * order.length + order.indexOf(gate)
}

/**
 * The first thing that keeps a device where it is.
 * @param ways the rollouts that are for it and not over, oldest first, as jobs are handed out
 */
export function explain<W extends Way>(
  device: Subject,
  ways: readonly W[],
  given: Given,
): Answer & { readonly way?: W } {
  for (const way of ways) {
    const { passage } = way
    if (!passage || passage.isOver) continue
    const { state, lastWordAt } = passage
    return { ...stop('under-way', { state, lastWord: told(lastWordAt) }), passed: ['rollout', 'job'], way }
  }
  const out = outOfService(device)
  if (out) return { ...out, passed: [] }
  const answers = ways.map((way) => ({ ...answerOf(device, way, given), way }))
  return answers.reduce<Answer & { readonly way?: W }>(
    (best, each) => (nearness(each, each.way) > nearness(best, best.way) ? each : best),
    withoutWay(device, given),
  )
}
