import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { PartOfName, Text } from './text.ts'

export { getBill, getBillImport, importBill, listBillImports, listBills } from './bills.ts'
export {
  draftDeviceAction,
  getDeviceAction,
  listDeviceActionDevices,
  listDeviceActions,
  startDeviceAction,
  stopDeviceAction,
} from './device-actions.ts'
export { createDeviceView, listDeviceViews, removeDeviceView } from './device-views.ts'
export { admitDevice, getDevice, importDevices, listDevices, listDeviceValues, retireDevice } from './devices.ts'

const Name = Text.trim().min(1).max(200)
/** Networks in CIDR notation to which Suture may send requests by itself; none means that it sends nothing there. */
const Networks = z.array(z.string().max(50)).max(64)

const siteId = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })
/** A site as a person makes and edits it. */
const SiteItself = z.object({ id: z.int(), name: z.string(), probeNetworks: z.array(z.string()), createdAt: Instant })
const Site = SiteItself.extend({
  /** The devices of it that are not retired. */
  devices: z.int(),
})

export const createSite = endpoint({
  id: 'createSite',
  method: 'POST',
  path: '/sites',
  may: 'inventory:write',
  tag: 'Sites',
  summary: 'Makes a site. Unless it names networks, Suture sends nothing there by itself.',
  body: z.strictObject({ name: Name, probeNetworks: Networks.default([]) }),
  reply: Site,
  status: 201,
  refusals: ['inventory/site-name-taken', 'inventory/network-refused', 'auth/all-sites-needed'],
})

export const listSites = endpoint({
  id: 'listSites',
  method: 'GET',
  path: '/sites',
  may: 'inventory:read',
  tag: 'Sites',
  summary: 'The sites that the caller may see, in the order in which they came.',
  query: z.strictObject({ ...pageQuery, text: PartOfName.optional() }),
  reply: page(Site),
  refusals: ['http/bad-cursor'],
})

export const getSite = endpoint({
  id: 'getSite',
  method: 'GET',
  path: '/sites/{id}',
  may: 'inventory:read',
  tag: 'Sites',
  summary: 'One site as it may be edited; what it holds is told by the list.',
  params: siteId,
  reply: SiteItself,
  refusals: ['inventory/site-unknown'],
})

export const changeSite = endpoint({
  id: 'changeSite',
  method: 'PATCH',
  path: '/sites/{id}',
  may: 'inventory:write',
  tag: 'Sites',
  summary: 'Renames a site, or changes the networks to which Suture may send requests there.',
  params: siteId,
  edits: getSite,
  body: z
    .strictObject({ name: Name.optional(), probeNetworks: Networks.optional() })
    .refine((change) => Object.values(change).some((part) => part !== undefined), 'names nothing to change'),
  reply: Site,
  refusals: ['inventory/site-unknown', 'inventory/site-name-taken', 'inventory/network-refused'],
})

export const listModels = endpoint({
  id: 'listModels',
  method: 'GET',
  path: '/models',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The models that devices were told to be, in the order in which they came.',
  query: z.strictObject({
    ...pageQuery,
    /** Of manufacturer and model, as they are read together. */
    text: PartOfName.optional(),
  }),
  reply: page(
    z.object({
      manufacturer: z.string(),
      name: z.string(),
      type: z.string(),
      /** Those that the caller may see and that are not retired. */
      devices: z.int(),
    }),
  ),
  refusals: ['http/bad-cursor'],
})

const Gateway = z.object({
  id: z.uuid(),
  name: z.string(),
  createdAt: Instant,
  revokedAt: Instant.nullable(),
})

export const createGateway = endpoint({
  id: 'createGateway',
  method: 'POST',
  path: '/gateways',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Makes a secret with which devices that nobody knows yet register themselves into quarantine; it is in this reply alone.',
  body: z.strictObject({ name: Name }),
  reply: z.object({ gateway: Gateway, secret: z.string() }),
  status: 201,
  refusals: ['auth/all-sites-needed'],
})

export const listGateways = endpoint({
  id: 'listGateways',
  method: 'GET',
  path: '/gateways',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The gateways, newest first; never their secrets.',
  query: z.strictObject(pageQuery),
  reply: page(Gateway),
  refusals: ['http/bad-cursor'],
})

export const revokeGateway = endpoint({
  id: 'revokeGateway',
  method: 'DELETE',
  path: '/gateways/{id}',
  may: 'inventory:write',
  tag: 'Devices',
  summary: 'Revokes a gateway’s secret at once; devices without one of their own can no longer call.',
  params: z.object({ id: z.uuid() }),
  reply: Gateway,
  refusals: ['inventory/gateway-unknown', 'auth/all-sites-needed'],
})
