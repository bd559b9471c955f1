import { call } from '@suture/contract/client.ts'
import { createSite } from '@suture/contract/inventory.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { fillOutboxes } from '@suture/server/integrations/index.ts'
import { integrationsTasks } from '@suture/server/integrations/tasks.ts'
import type { Clock } from '@suture/server/platform/clock.ts'
import { systemScope } from '@suture/server/platform/database/store.ts'
import { expect } from 'vitest'
import { type Receiver, startReceiver } from './receiver.ts'
import type { TestServer, TestTenant } from './world.ts'

/** A tenant with a receiver, turn by turn: what the worker does by itself, the test does when it wants. */
export async function webhookScene(server: TestServer, clock: Clock, name: string) {
  const [tenant, receiver] = [await server.addTenant(name), await startReceiver()]
  return sceneOf(server, clock, tenant, receiver)
}

/** Where the tests' receivers are. */
export const here = ['127.0.0.0/8']

function sceneOf(server: TestServer, clock: Clock, tenant: TestTenant, receiver: Receiver) {
  const { admin } = tenant.people
  const { worker: store } = server.database
  const { 'integrations/send': handle } = integrationsTasks({ home: server.home, outward: here })
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
    send: (webhook: string) =>
      handle({
        store,
        clock,
        scope: systemScope(tenant.id, 'test'),
        payload: { webhook },
        signal: AbortSignal.timeout(60_000),
      }),
    /** The names of the sites that the receiver was told of, in its order. */
    told: () =>
      receiver.messages.map(
        ({ body }) => (JSON.parse(body) as { data: { detail: { name: string } } }).data.detail.name,
      ),
  }
}
