import { z } from 'zod'
import { type DeviceField, deviceFields } from './device-fields.ts'
import { DeviceRow, DeviceToken, IdentityAddress, mostRows } from './device-row.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { mostQueryCharacters } from './query/query.ts'
import { assurances, criticalities, dataSensitivities, deviceStates, exposures, safetyRoles } from './states.ts'
import { PlainText, Text } from './text.ts'

const id = z.object({ id: z.uuid() })
const SiteName = Text.trim().min(1).max(200)
/** What a list of devices, or a plan, is asked for, in the one query language. */
export const DeviceQuery = PlainText.min(1).max(mostQueryCharacters)
const Digest = z.string().regex(/^[0-9a-f]{64}$/)

const Device = z.object({
  id: z.uuid(),
  name: z.string(),
  serial: z.string(),
  state: z.enum(deviceStates),
  manufacturer: z.string(),
  model: z.string(),
  type: z.string(),
  hardwareRevision: z.string(),
  bootloader: z.string().nullable(),
  firmware: z.string(),
  site: z.string().nullable(),
  area: z.string().nullable(),
  zone: z.string().nullable(),
  rig: z.boolean(),
  /** The bill that the device runs, by its digest, and how that is known. */
  bill: Digest,
  billAssurance: z.enum(assurances),
  lastSeen: Instant.nullable(),
})

/** What one row of an import came to, or would come to. */
const Outcome = z.object({
  /** From 1, as the rows were sent. */
  row: z.int(),
  serial: z.string(),
  outcome: z.enum(['created', 'changed', 'unchanged']),
  /** What differs from what was said before. */
  fields: z.array(z.string()),
})

export const importDevices = endpoint({
  id: 'importDevices',
  method: 'POST',
  path: '/devices/import',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Imports devices as an operator lists them, all or none; the same list twice changes nothing, and a dry run never does.',
  maxBytes: 16 * 1024 * 1024,
  body: z.strictObject({ devices: z.array(DeviceRow).min(1).max(mostRows), dryRun: z.boolean().default(false) }),
  reply: z.object({
    dryRun: z.boolean(),
    created: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    rows: z.array(Outcome),
  }),
  refusals: ['inventory/rows-refused', 'http/too-large'],
})

export const listDevices = endpoint({
  id: 'listDevices',
  method: 'GET',
  path: '/devices',
  may: 'inventory:read',
  tag: 'Devices',
  summary:
    'The devices that the caller may see, in the order in which they came; the first page tells how many there are in all.',
  query: z.strictObject({
    ...pageQuery,
    /** Which ones, in the query language; left out, all. */
    q: DeviceQuery.optional(),
  }),
  reply: page(Device).extend({
    /** How many devices fit in all; told with the first page alone. */
    counts: z.object({ devices: z.int() }).optional(),
  }),
  refusals: ['http/bad-cursor', 'http/bad-query', 'auth/not-permitted'],
})

export const listDeviceValues = endpoint({
  id: 'listDeviceValues',
  method: 'GET',
  path: '/device-values',
  may: 'inventory:read',
  tag: 'Devices',
  summary:
    'What a field holds on the devices that the caller may see, the most frequent first, with how many devices have it: what may follow when somebody writes a query.',
  query: z.strictObject({
    field: z.enum(Object.keys(deviceFields) as [DeviceField, ...DeviceField[]]),
    /** What the value begins with, in whatever case. */
    starts: PlainText.max(200).default(''),
    /** Only on these devices. */
    q: DeviceQuery.optional(),
    limit: z.coerce.number().int().min(1).max(50).default(10),
  }),
  /** No items for a field whose values cannot be listed, such as a time. */
  reply: z.object({ items: z.array(z.object({ value: z.string(), devices: z.int() })) }),
  refusals: ['http/bad-query', 'auth/not-permitted'],
})

export const getDevice = endpoint({
  id: 'getDevice',
  method: 'GET',
  path: '/devices/{id}',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'One device: each fact with its source, time and assurance, and the bills that it ran; never its secret.',
  params: id,
  reply: Device.extend({
    createdAt: Instant,
    criticality: z.enum(criticalities),
    exposure: z.enum(exposures),
    safetyRole: z.enum(safetyRoles),
    dataSensitivity: z.enum(dataSensitivities),
    owner: z.string().nullable(),
    supportEnd: z.string().nullable(),
    facts: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        source: z.string(),
        assurance: z.enum(assurances),
        at: Instant,
        /** Whether this is what is believed, where sources differ. */
        effective: z.boolean(),
      }),
    ),
    /** What finds the device from outside. */
    keys: z.array(z.object({ kind: z.enum(['serial', 'controller-id']), value: z.string() })),
    /** Whether it has a secret of its own; without one, the secret of a gateway speaks for it. */
    hasToken: z.boolean(),
    identity: IdentityAddress.extend({
      confirmedBy: z.string(),
      confirmedAt: Instant,
      /** Whether the site's networks let Suture send a request there. */
      allowed: z.boolean(),
    }).nullable(),
    /** Newest first, the newest hundred. */
    bills: z.array(
      z.object({
        bill: Digest,
        from: Instant,
        to: Instant.nullable(),
        assurance: z.enum(assurances),
        evidence: z.object({ source: z.string(), ref: z.string() }),
      }),
    ),
  }),
  refusals: ['inventory/device-unknown'],
})

export const admitDevice = endpoint({
  id: 'admitDevice',
  method: 'POST',
  path: '/devices/{id}/admit',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Lets a device that registered itself out of quarantine, into a site; what it said of itself is taken for claimed.',
  params: id,
  body: z.strictObject({
    site: SiteName,
    name: Text.trim().min(1).max(200).optional(),
    serial: Text.trim().min(1).max(200).optional(),
    area: Text.trim().min(1).max(200).optional(),
    zone: Text.trim().min(1).max(200).optional(),
    /** A secret of its own; from then on the gateway's no longer speaks for it. */
    token: DeviceToken.optional(),
  }),
  reply: Device,
  refusals: [
    'inventory/device-unknown',
    'inventory/site-unknown',
    'inventory/not-quarantined',
    'inventory/facts-missing',
    'inventory/serial-taken',
  ],
})

export const retireDevice = endpoint({
  id: 'retireDevice',
  method: 'POST',
  path: '/devices/{id}/retire',
  may: 'inventory:write',
  tag: 'Devices',
  summary: 'Retires a device: its secret stops working at once and nothing reaches it any more; what is known stays.',
  params: id,
  reply: Device,
  refusals: ['inventory/device-unknown'],
})
