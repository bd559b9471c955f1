import type { Permission } from '@suture/contract/permissions.ts'
import { reasonText, type Why } from '@suture/contract/reasons.ts'

/** What of the record a mail tells, with the permission without which it is not told; the urgent cannot wait for a day. */
export const toldKinds = {
  'rollout.stopped': { may: 'deployment:read', urgent: true },
  'revision.quarantined': { may: 'deployment:read', urgent: true },
  'job.ended': { may: 'deployment:read', urgent: true },
  'rollout.expired': { may: 'deployment:read', urgent: false },
  'device.drifted': { may: 'inventory:read', urgent: false },
  'release.withdrawn': { may: 'releases:read', urgent: false },
  'webhook.paused': { may: 'integrations:read', urgent: false },
} as const satisfies Readonly<Record<string, { readonly may: Permission; readonly urgent: boolean }>>

export type ToldKind = keyof typeof toldKinds

/** Everything that has one cause: however many devices it concerns, it is one line. */
export interface Occurrence {
  readonly kind: ToldKind
  /** The rollout, release or webhook that it is about; empty for devices. */
  readonly subject: string
  readonly name: string | null
  readonly why: Why | null
  readonly devices: number
  /** How often it happened. */
  readonly times: number
  readonly at: Date
}

/** The findings of one model with one deadline. */
export interface Due {
  readonly manufacturer: string
  readonly model: string
  readonly findings: number
  readonly devices: number
  readonly dueAt: Date | null
  readonly clockStart: Date | null
}

/** One line of a mail: what, by when, and one link. */
export interface Line {
  readonly what: string
  readonly byWhen: string
  readonly path: string
}

const counted = (n: number, one: string): string => `${n.toLocaleString('en-GB')} ${one}${n === 1 ? '' : 's'}`
const moment = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

const sentences: Readonly<Record<ToldKind, (occurrence: Occurrence, name: string) => string>> = {
  'rollout.stopped': ({ why }, name) => `Rollout ${name} stopped. ${reasonText(why)}.`,
  'rollout.expired': ({ why }, name) => `Rollout ${name} ended before its end. ${reasonText(why)}.`,
  'revision.quarantined': ({ why, times }, name) =>
    times === 1
      ? `A revision is quarantined in rollout ${name}. ${reasonText(why)}.`
      : `${counted(times, 'revision')} are quarantined in rollout ${name}. The last one: ${reasonText(why)}.`,
  'job.ended': ({ devices }, name) =>
    `${counted(devices, 'device')} of rollout ${name} say one version and answer with another.`,
  'device.drifted': ({ devices }) => `${counted(devices, 'device')} run something else than before.`,
  'release.withdrawn': (_, name) => `Release ${name} was withdrawn for good.`,
  'webhook.paused': (_, name) => `Webhook ${name} is paused: nothing of what happens goes out.`,
}

const pathOf = ({ kind, subject }: Occurrence): string => {
  if (kind === 'device.drifted') return '/devices'
  if (kind === 'webhook.paused') return '/settings?tab=notices'
  return kind === 'release.withdrawn' ? `/releases/${subject}` : `/rollouts/${subject}`
}

const lineOf = (occurrence: Occurrence): Line => ({
  what: sentences[occurrence.kind](occurrence, occurrence.name ?? occurrence.subject.slice(0, 8)),
  byWhen: `It was so at ${moment(occurrence.at)}.`,
  path: pathOf(occurrence),
})

/** Whether less than a fifth of the time for something is left, or less than a day, or none. */
export const isPressing = ({ dueAt, clockStart }: Due, now: Date): boolean => {
  if (dueAt === null) return false
  const left = dueAt.getTime() - now.getTime()
  const whole = clockStart === null ? 0 : dueAt.getTime() - clockStart.getTime()
  return left < Math.max(24 * 3_600_000, whole / 5)
}

const dueLine = ({ manufacturer, model, findings, devices, dueAt }: Due, now: Date): Line => ({
  what: `${counted(findings, 'finding')} (device × vulnerability) on ${counted(devices, 'device')} of ${manufacturer} ${model}.`,
  byWhen: dueAt === null ? '' : `${dueAt < now ? 'Was due' : 'Due'} ${moment(dueAt)}.`,
  path: '/',
})

const moreLine = (more: number): Line => ({
  what: `${counted(more, 'cause')} more ${more === 1 ? 'is' : 'are'} older and not told here.`,
  byWhen: 'The record tells of all.',
  path: '/settings?tab=record',
})

/** What a mail says, the deadlines first; nothing when there is nothing to say. `more` causes beyond these are counted. */
export const linesOf = (
  occurrences: readonly Occurrence[],
  due: readonly Due[],
  now: Date,
  more = 0,
): readonly Line[] => [
  ...due.filter((each) => isPressing(each, now)).map((each) => dueLine(each, now)),
  ...occurrences.map(lineOf),
  ...(more > 0 ? [moreLine(more)] : []),
]

const dayMs = 24 * 3_600_000

/** The last time that the clock struck an hour (UTC). */
export function lastStroke(hour: number, now: Date): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour)
  return new Date(today > now.getTime() ? today - dayMs : today)
}

/** Whether a login name is a mail address. */
export const isAddress = (login: string): boolean => /^[^@]+@[^@]+\.[^@.]+$/.test(login)
