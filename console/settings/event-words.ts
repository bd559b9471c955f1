import { subjects } from '@suture/contract/changes.ts'
import type { Reply } from '@suture/contract/client.ts'
import type { listEvents } from '@suture/contract/platform.ts'

export type EventRecord = Reply<typeof listEvents>['items'][number]

/** The things that events are about, as the first part of each kind names them. */
export const things: readonly string[] = [...new Set(Object.values(subjects).flatMap(({ events }) => events))].sort()

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join(', ') || 'none'
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** What an event tells beside its kind, by the names that the API gives it. */
export const detailText = (detail: Readonly<Record<string, unknown>>): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}: ${textOf(value)}`)
    .join('; ')

const pages = new Map([
  ['device', '/devices/$id'],
  ['rollout', '/rollouts/$id'],
  ['wave', '/rollouts/$id'],
  ['revision', '/rollouts/$id'],
  ['evidence', '/evidence/$id'],
] as const)
type Thing = Parameters<typeof pages.get>[0]

/** The page of what an event is about, where the console has one. */
export const pageOf = (kind: string) => pages.get(kind.split('.')[0] as Thing)
