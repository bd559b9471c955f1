import { type DeviceActionState, type DeviceExclusion, draftMinutes } from '@suture/contract/device-actions.ts'
import type { Machine } from '#platform/machine.ts'

/** How far an action on many devices has come. */
export type DeviceActionStand = { readonly [S in DeviceActionState]: { readonly kind: S } }[DeviceActionState]

/** What moves it: whoever starts it, the last device, and whoever stops it. */
export type DeviceActionNews = { readonly kind: 'start' } | { readonly kind: 'finish' } | { readonly kind: 'stop' }

/** A draft is not stopped but left alone; an end is one for good. */
export const deviceAction: Machine<DeviceActionStand, DeviceActionNews> = {
  draft: { start: () => ({ kind: 'running' }) },
  running: { finish: () => ({ kind: 'done' }), stop: () => ({ kind: 'stopped' }) },
  done: {},
  stopped: {},
}

/** Whether what was looked at for a draft is too long ago to be acted on. */
export const isTooOld = (draftedAt: Date, now: Date): boolean =>
  now.getTime() - draftedAt.getTime() > draftMinutes * 60_000

/** Refusals of the same done to one device, as the reason why it stays as it is among many. */
const reasons: Readonly<Record<string, DeviceExclusion>> = {
  'inventory/device-unknown': 'out-of-sight',
  'inventory/site-unknown': 'site-gone',
  'inventory/not-quarantined': 'not-quarantined',
  'inventory/facts-missing': 'facts-missing',
  'inventory/serial-taken': 'serial-taken',
}

/** Why a device is left as it is where doing the same to it alone is refused; undefined for what is no reason. */
export const reasonOf = (refusal: string): DeviceExclusion | undefined =>
  Object.hasOwn(reasons, refusal) ? reasons[refusal] : undefined

/** What became of the devices of an action, counted. */
export interface Tally {
  readonly devices: number
  readonly done: number
  readonly left: number
  readonly excluded: { reason: DeviceExclusion; devices: number }[]
}

/** @param counted how many devices came to each outcome; null is none yet */
export function tallyOf(counted: readonly { readonly outcome: string | null; readonly devices: number }[]): Tally {
  const of = (outcome: string | null) => counted.find((each) => each.outcome === outcome)?.devices ?? 0
  return {
    devices: counted.reduce((sum, { devices }) => sum + devices, 0),
    done: of('done'),
    left: of(null),
    excluded: counted
      .filter(({ outcome }) => outcome !== null && outcome !== 'done')
      .map(({ outcome, devices }) => ({ reason: outcome as DeviceExclusion, devices }))
      .sort((a, b) => b.devices - a.devices || (a.reason < b.reason ? -1 : 1)),
  }
}
