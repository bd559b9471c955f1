import { type Connection, urlOf } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { type EndpointId, endpoints } from '@suture/contract/index.ts'
import { fillTables } from './one-row-each.ts'
import { deviceRow, type Example, examples, nothing, type Things } from './request-examples.ts'
import type { TestServer, TestTenant } from './world.ts'

interface Answer {
  readonly status: number
  readonly text: string
  readonly code: string | undefined
}

/** One request, whether or not it is what the contract says. */
export async function ask(to: Connection, endpoint: AnyEndpoint, given: Example): Promise<Answer> {
  const gone = new AbortController()
  const response = await fetch(urlOf(endpoint, to.base, given), {
    method: endpoint.method,
    headers: {
      ...to.headers,
      'suture-client': '1',
      ...(endpoint.edits ? { 'if-match': '*' } : {}),
      ...(given.body === undefined && given.bytes === undefined ? {} : { 'content-type': endpoint.media }),
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    ...(given.bytes === undefined ? {} : { body: given.bytes }),
    signal: gone.signal,
  })
  const streams = response.headers.get('content-type') === 'text/event-stream'
  const text = streams ? '' : await response.text()
  if (streams) gone.abort()
  const code = response.ok || text === '' ? undefined : (JSON.parse(text) as { code?: string }).code
  return { status: response.status, text, code }
}

/** Puts into a tenant what the examples name. */
export async function thingsOf(server: TestServer, tenant: TestTenant): Promise<Things> {
  const { admin } = tenant.people
  const made = async (id: EndpointId, example = examples[id](nothing)) =>
    JSON.parse((await ask(admin, endpoints[id], example)).text) as never
  const { token } = (await made('createToken')) as { token: { id: string } }
  const { user } = (await made('inviteUser')) as { user: { id: string } }
  const site = (await made('createSite')) as { id: number }
  const { gateway } = (await made('createGateway')) as { gateway: { id: string } }
  // Of a model that no other tenant has: bills are named by what they hold.
  const row = { ...deviceRow, serial: 'S@home', controllerId: 'at-home', model: 'Model@home' }
  await made('importDevices', { body: { devices: [row] } })
  const { items } = (await made('listDevices', { query: { q: `model:${row.model}` } })) as {
    items: { id: string; bill: string }[]
  }
  const [device] = items
  if (!device) throw new Error('No device was imported')
  const { shared } = await fillTables(server.database.urls.superuser, tenant.id)
  return {
    person: user.id,
    token: token.id,
    site: site.id,
    device: device.id,
    gateway: gateway.id,
    bill: device.bill,
    shared,
  }
}
