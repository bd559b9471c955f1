import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import type { Permission } from './permissions.ts'

interface Subject {
  /** Who is told that something of it changed. */
  readonly may: Permission
  /** The events that change it, by the first part of their names. */
  readonly events: readonly string[]
}

/** What may have changed. A page asks again for what it shows; the stream itself tells no content. */
export const subjects = {
  devices: {
    may: 'inventory:read',
    events: ['site', 'gateway', 'devices', 'device', 'device-view', 'device-action', 'bill'],
  },
  vulnerabilities: { may: 'intelligence:read', events: ['knowledge', 'matches'] },
  decisions: { may: 'risk:read', events: ['decision', 'matches', 'device', 'bill'] },
  releases: { may: 'releases:read', events: ['vendor-key', 'artifact', 'release'] },
  lab: { may: 'lab:read', events: ['rig', 'lab'] },
  rollouts: { may: 'deployment:read', events: ['rollout', 'wave', 'revision', 'job', 'profile', 'plan-defaults'] },
  webhooks: { may: 'integrations:read', events: ['webhook'] },
  evidence: { may: 'compliance:read', events: ['evidence'] },
  people: { may: 'platform:read-users', events: ['setup-code', 'tenant', 'user', 'session', 'token', 'digest'] },
} as const satisfies Record<string, Subject>

export type SubjectName = keyof typeof subjects
export const subjectNames = Object.keys(subjects) as [SubjectName, ...SubjectName[]]

export const followChanges = endpoint({
  id: 'followChanges',
  method: 'GET',
  path: '/changes',
  may: 'signed-in',
  tag: 'Record',
  summary:
    'Which of the things that the caller may see have changed, several at a time; what they are now is asked for as ever.',
  kind: 'events',
  reply: z.object({ subjects: z.array(z.enum(subjectNames)) }),
  refusals: ['http/bad-cursor', 'http/too-many-streams'],
})
