import type { StopFigures, UpdateStop } from '@suture/contract/update-gates.ts'
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
  /** Who left the rest of its revision out of the rollout, and why. */
  readonly held: { readonly person: string; readonly reason: string } | undefined
  /** The device's place in the order of the plan, and how far each wave reaches into its revision. */
  readonly place: number
  readonly reaches: readonly number[]
  readonly openWave: number
  readonly passage: Passage | undefined
}

interface Given {
  /** The version of the newest release that is published for the device. */
  readonly offer: string | undefined
  /** The rollout that is for it, if there is one that is not over. */
  readonly way: Way | undefined
  readonly now: Date
  /** Until when nobody new begins, after a restore. */
  readonly settles: Date | undefined
}

export const stop = (code: UpdateStop, figures: StopFigures = {}): Stop => ({ code, figures })
const told = (at: Date | null): string => at?.toISOString() ?? 'never'

function outOfService({ isRig, state }: Subject): Stop | undefined {
  if (isRig) return stop('rig')
  if (state === 'retired') return stop('retired')
  if (state === 'quarantined') return stop('registered')
  return state === 'live' ? undefined : stop('not-live', { state })
}

function withoutWay({ firmware }: Subject, offer: string | undefined): Stop {
  if (offer === undefined) return stop('no-release')
  return firmware === offer ? stop('up-to-date', { version: offer }) : stop('no-rollout', { version: offer })
}

function inPassage({ state, lastWordAt, isOver }: Passage, version: string): Stop {
  if (!isOver) return stop('under-way', { state, lastWord: told(lastWordAt) })
  return state === 'verified' ? stop('verified', { version }) : stop('ended', { state })
}

function notSigned({ state, approvals, approvalsNeeded, refusal }: Way): Stop | undefined {
  if (state !== 'awaiting-approval' && state !== 'draft') return undefined
  if (approvals < approvalsNeeded) return stop('not-approved', { approvals, needed: approvalsNeeded })
  return refusal === undefined ? stop('not-signed') : stop('signing-refused', { refusal })
}

function notRunning({ state, window }: Way, now: Date, settles: Date | undefined): Stop | undefined {
  if (!window) return undefined
  const [notBefore, notAfter] = [told(window.notBefore), told(window.notAfter)]
  if (now >= window.notAfter) return stop('time-over', { notAfter })
  if (now < window.notBefore) return stop('too-early', { notBefore })
  if (state === 'scheduled') return stop('not-started', { notBefore, notAfter })
  if (state === 'paused') return stop('paused')
  return settles && now < settles ? stop('settling', { until: told(settles) }) : undefined
}

function notReached({ hardwareRevision }: Subject, { isQuarantined, held, place, reaches, openWave }: Way) {
  if (isQuarantined) return stop('revision-quarantined', { hardwareRevision })
  if (held) return stop('held', { hardwareRevision, ...held })
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

/** The first thing that keeps a device where it is, in the order in which a claim for a job is decided. */
export function stopOf(device: Subject, { offer, way, now, settles }: Given): Stop {
  if (way?.passage && !way.passage.isOver) return inPassage(way.passage, '')
  const out = outOfService(device)
  if (out) return out
  if (!way) return withoutWay(device, offer)
  const { passage, release, window } = way
  if (passage && !passage.isAgain) return inPassage(passage, release?.version ?? device.firmware)
  return (
    (release && notForIt(release, device)) ??
    notSigned(way) ??
    (window ? undefined : stop('unverified')) ??
    notRunning(way, now, settles) ??
    (release ? undefined : stop('release-unverified')) ??
    notReached(device, way) ??
    (passage ? stop('retry-waits') : stop('not-asked', { lastSeen: told(device.lastSeen) }))
  )
}
