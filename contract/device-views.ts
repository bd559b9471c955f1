import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { mostQueryCharacters, viewName } from './query/query.ts'
import { PlainText } from './text.ts'

/** How a view is called: `@crown-jewels` in a query stands for what it asks. */
const ViewName = z.string().regex(viewName, 'small letters, digits and -, at most 40')

/** As many views as a tenant keeps. */
export const mostViews = 200

const View = z.object({ name: ViewName, q: z.string(), createdBy: z.string(), createdAt: Instant })

export const createDeviceView = endpoint({
  id: 'createDeviceView',
  method: 'POST',
  path: '/device-views',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Keeps a query of devices under a name, for everybody in the tenant; `@name` in another query stands for it.',
  body: z.strictObject({ name: ViewName, q: PlainText.min(1).max(mostQueryCharacters) }),
  reply: View,
  status: 201,
  refusals: [
    'http/bad-query',
    'auth/not-permitted',
    'inventory/view-taken',
    'inventory/view-nested',
    'inventory/too-many-views',
  ],
})

export const listDeviceViews = endpoint({
  id: 'listDeviceViews',
  method: 'GET',
  path: '/device-views',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The queries of devices that people keep, by name.',
  reply: z.object({ items: z.array(View) }),
})

export const removeDeviceView = endpoint({
  id: 'removeDeviceView',
  method: 'DELETE',
  path: '/device-views/{name}',
  may: 'inventory:write',
  tag: 'Devices',
  summary: 'Removes a query that was kept; queries that name it are refused from then on.',
  params: z.object({ name: ViewName }),
  reply: View,
  refusals: ['inventory/view-unknown'],
})
