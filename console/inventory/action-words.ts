import type { Reply } from '@suture/contract/client.ts'
import { actionWords, devicesInWords, exclusionWords } from '@suture/contract/device-action-words.ts'
import { countTypedAbove, type DeviceExclusion, type getDeviceAction } from '@suture/contract/device-actions.ts'

export type DeviceAction = Reply<typeof getDeviceAction>

/** How an action stands at a moment: one that was started touches nobody before its time. */
export type Stand = 'draft' | 'waiting' | 'running' | 'done' | 'stopped'
export const standOf = ({ state, beginsAt, done }: DeviceAction, now: Date): Stand =>
  state === 'running' && done === 0 && beginsAt !== null && beginsAt > now ? 'waiting' : state

/** The sentence over an action. */
export function titleOf(action: DeviceAction, now: Date): string {
  const { kind, left, done, site } = action
  const { verb, past } = actionWords[kind]
  const where = site === null ? '' : ` to ${site}`
  const sentences: Readonly<Record<Stand, string>> = {
    draft: left === 0 ? `${verb}: no device can be ${past}` : `${verb} ${devicesInWords(left)}${where}`,
    waiting: `${devicesInWords(left)} will be ${past}${where}`,
    running: `${devicesInWords(done)} ${past}${where}, ${devicesInWords(left)} left`,
    done: `${devicesInWords(done)} ${past}${where}`,
    stopped: `Stopped: ${devicesInWords(done)} ${past}${where}`,
  }
  return sentences[standOf(action, now)]
}

/** What it means for the devices, and whether it can be taken back. */
export const consequences: Readonly<Record<DeviceAction['kind'], string>> = {
  retire:
    'Their secrets stop working at once, and nothing reaches them any more; what is known of them stays. This cannot be undone.',
  admit:
    'They become devices in service at the site, as what they say they are, and rollouts may reach them. This cannot be undone; a device that was let in by mistake is retired.',
}

/** What became, or would become, of one of its devices. */
export const outcomeOf = (kind: DeviceAction['kind'], outcome: 'left' | 'done' | DeviceExclusion): string => {
  const { past } = actionWords[kind]
  return outcome === 'left' ? `to be ${past}` : outcome === 'done' ? past : exclusionWords[outcome]
}

/** Whether a person types the count before so many devices are touched. */
export const isTyped = (devices: number): boolean => devices > countTypedAbove

/** Whether what was typed is the count, however its thousands are parted. */
export const isCount = (typed: string, devices: number): boolean =>
  typed.replaceAll(/[\s.,’']/g, '') === String(devices)
