import { call } from '@suture/contract/client.ts'
import { createSite } from '@suture/contract/inventory.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { fillOutboxes } from '@suture/server/integrations/index.ts'
import { integrationsTasks } from '@suture/server/integrations/tasks.ts'
import type { Clock } from '@suture/server/platform/clock.ts'
import { systemScope } from '@suture/server/platform/database/store.ts'
import { createLog } from '@suture/server/platform/log.ts'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type Message, type Receiver, startReceiver } from './receiver.ts'
import { startTestServer, type TestServer, type TestTenant } from './world.ts'

/** Where the tests' receivers are. */
export const here = ['127.0.0.0/8']

/** One server for a file of tests, a tenant for each of its scenes, and a clock of the sender's that the tests put on. */
export function webhookScenes() {
  let server: TestServer
  let tenants = 0
  /** By how much the sender's time is ahead of the server's, whose sessions would end. */
  let late = 0
  const clock = { now: () => new Date(Date.now() + late) }
  beforeAll(async () => {
    server = await startTestServer({ outward: here })
  })
  beforeEach(() => {
    late = 0
  })
  afterAll(() => server.stop())
  return {
    clock,
    server: () => server,
    scene: () => webhookScene(server, clock, `plant-${tenants++}`),
    wait: (seconds: number) => {
      late += seconds * 1000
    },
  }
}

/** What the header `webhook-id` says of each message. */
export const ids = (messages: readonly Message[]) => messages.map(({ headers }) => headers['webhook-id'])

/** Verifies as a receiver does; the scene's clock is not the machine's, and the library knows only that one. */
export const verified = (secret: string, { body, headers }: Message) =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

/** A tenant with a receiver, turn by turn: what the worker does by itself, the test does when it wants. */
async function webhookScene(server: TestServer, clock: Clock, name: string) {
  const [tenant, receiver] = [await server.addTenant(name), await startReceiver()]
  return sceneOf(server, clock, tenant, receiver)
}

function sceneOf(server: TestServer, clock: Clock, tenant: TestTenant, receiver: Receiver) {
  const { admin } = tenant.people
  const { worker: store } = server.database
  const { 'integrations/send': handle } = integrationsTasks({
    home: server.home,
    outward: here,
    log: createLog('fatal'),
  })
  const list = async (webhook?: string) =>
    (await call(admin, contract.listDeliveries, { query: { limit: 500, ...(webhook ? { webhook } : {}) } })).items
  let sites = 0
  return {
    tenant,
    receiver,
    admin,
    list,
    hook: (given: { name?: string; kinds?: string[]; url?: string } = {}) =>
      call(admin, contract.createWebhook, { body: { name: 'W', kinds: ['site'], url: receiver.url, ...given } }),
    /** Makes something happen: a site. */
    happen: async (times = 1) => {
      for (let made = 0; made < times; made++)
        await call(admin, createSite, { body: { name: `Site ${sites++}`, probeNetworks: [] } })
    },
    fill: () => fillOutboxes(store, clock, tenant.id),
    /** Fills the outboxes until so many deliveries are there: other tests' transactions may hold the record back. */
    filled: async (count: number) => {
      await expect
        .poll(async () => {
          await fillOutboxes(store, clock, tenant.id)
          return (await list()).length
        })
        .toBeGreaterThanOrEqual(count)
      expect((await list()).length).toBe(count)
    },
    send: (webhook: string, signal = AbortSignal.timeout(60_000)) =>
      handle({
        store,
        clock,
        scope: systemScope(tenant.id, 'test'),
        payload: { webhook },
        signal,
      }),
    /** The names of the sites that the receiver was told of, in its order. */
    told: () =>
      receiver.messages.map(
        ({ body }) => (JSON.parse(body) as { data: { detail: { name: string } } }).data.detail.name,
      ),
  }
}
