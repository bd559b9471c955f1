import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { mostQueryCharacters } from './query/query.ts'
import { deviceStates } from './states.ts'
import { PlainText, Text } from './text.ts'

/** What can be done to many devices at once. */
const deviceActionKinds = ['retire', 'admit'] as const
export type DeviceActionKind = (typeof deviceActionKinds)[number]

/** How far an action on devices has come. */
export const deviceActionStates = ['draft', 'running', 'done', 'stopped'] as const
export type DeviceActionState = (typeof deviceActionStates)[number]

/** Why an action leaves a device as it is. */
export const deviceExclusions = [
  'already-retired',
  'rig',
  'open-job',
  'not-quarantined',
  'facts-missing',
  'serial-taken',
  'site-gone',
  'out-of-sight',
  'not-permitted',
  'stopped',
] as const
export type DeviceExclusion = (typeof deviceExclusions)[number]

/** As many devices as an action names one by one; more are meant by a query. */
export const mostNamedDevices = 1000

/** From so many devices on a person types the count before they start an action. */
export const countTypedAbove = 500

/** A draft is started within so many minutes, or made again. */
export const draftMinutes = 60

const SiteName = Text.trim().min(1).max(200)

const DeviceAction = z.object({
  id: z.uuid(),
  kind: z.enum(deviceActionKinds),
  /** Where the devices are let in to. */
  site: z.string().nullable(),
  /** The query that meant them; none when they were named. */
  q: z.string().nullable(),
  state: z.enum(deviceActionStates),
  /** All that were meant when the draft was made; none came in since. */
  devices: z.int(),
  /** To those it was done. */
  done: z.int(),
  /** To those it would be, or is yet to be, done. */
  left: z.int(),
  /** Those that stay as they are, by reason, the most frequent first. */
  excluded: z.array(z.object({ reason: z.enum(deviceExclusions), devices: z.int() })),
  draftedAt: Instant,
  draftedBy: z.string(),
  /** Nothing is touched before; until then it can be stopped as if it had never been. */
  beginsAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})

const id = z.object({ id: z.uuid() })

export const draftDeviceAction = endpoint({
  id: 'draftDeviceAction',
  method: 'POST',
  path: '/device-actions',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Looks what an action would do to every device that a query means, and why not to some; does nothing yet. The draft takes the place of the caller’s last one.',
  body: z
    .strictObject({
      kind: z.enum(deviceActionKinds),
      /** Where to let them in to. */
      site: SiteName.optional(),
      q: PlainText.min(1).max(mostQueryCharacters).optional(),
      devices: z.array(z.uuid()).min(1).max(mostNamedDevices).optional(),
    })
    .refine(({ q, devices }) => (q === undefined) !== (devices === undefined), 'means devices by `q` or by `devices`')
    .refine(({ kind, site }) => (kind === 'admit') === (site !== undefined), 'a site is named to admit, and only then'),
  reply: DeviceAction,
  status: 201,
  refusals: ['http/bad-query', 'auth/not-permitted', 'inventory/site-unknown', 'inventory/device-unknown'],
})

export const startDeviceAction = endpoint({
  id: 'startDeviceAction',
  method: 'POST',
  path: '/device-actions/{id}/start',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Starts an action that the caller drafted. Each device is looked at once more before it is touched; one that changed since then stays as it is, and is told with its reason.',
  params: id,
  body: z.strictObject({
    /** To how many devices the caller believes that it will be done. */
    expect: z.int().min(0),
    /** So long it can be stopped before anything is touched. */
    delaySeconds: z.int().min(0).max(60).default(0),
  }),
  reply: DeviceAction,
  refusals: [
    'inventory/device-action-unknown',
    'inventory/no-draft',
    'inventory/draft-too-old',
    'inventory/count-differs',
  ],
})

export const stopDeviceAction = endpoint({
  id: 'stopDeviceAction',
  method: 'POST',
  path: '/device-actions/{id}/stop',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Stops an action: the devices that it has not touched stay as they are. What it did to the others is not undone.',
  params: id,
  reply: DeviceAction,
  refusals: ['inventory/device-action-unknown', 'inventory/not-running'],
})

export const getDeviceAction = endpoint({
  id: 'getDeviceAction',
  method: 'GET',
  path: '/device-actions/{id}',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'What an action would do, how far it has come, or what came of it; a draft is its drafter’s alone.',
  params: id,
  reply: DeviceAction,
  refusals: ['inventory/device-action-unknown'],
})

export const listDeviceActions = endpoint({
  id: 'listDeviceActions',
  method: 'GET',
  path: '/device-actions',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The actions that were started, newest first; those on sites that the caller may not see are left out.',
  query: z.strictObject(pageQuery),
  reply: page(DeviceAction),
  refusals: ['http/bad-cursor'],
})

export const listDeviceActionDevices = endpoint({
  id: 'listDeviceActionDevices',
  method: 'GET',
  path: '/device-actions/{id}/devices',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The devices that an action meant, and what became of each.',
  params: id,
  query: z.strictObject({ ...pageQuery, outcome: z.enum(['left', 'done', ...deviceExclusions]).optional() }),
  reply: page(
    z.object({
      id: z.uuid(),
      name: z.string(),
      serial: z.string(),
      state: z.enum(deviceStates),
      manufacturer: z.string(),
      model: z.string(),
      site: z.string().nullable(),
      outcome: z.enum(['left', 'done', ...deviceExclusions]),
    }),
  ),
  refusals: ['inventory/device-action-unknown', 'http/bad-cursor'],
})
