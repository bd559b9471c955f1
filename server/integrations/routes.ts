import { getDigest as getDigestPromise, setDigest as setDigestPromise } from '@suture/contract/notices.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { viewDeliveries } from './delivery-view.queries.ts'
import { getDigest, setDigest } from './digest.operations.ts'
import type { Mailing } from './mailer.operations.ts'
import {
  changeWebhook,
  createWebhook,
  getWebhook,
  listWebhooks,
  type Outside,
  removeWebhook,
  replayDeliveries,
  rotateWebhookSecret,
  testWebhook,
} from './webhook.operations.ts'

const ByTime = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()])

/** Webhooks and their deliveries, over HTTP. */
export const integrationsRoutes =
  ({ mailing, ...outside }: Outside & { readonly mailing: Mailing | undefined }): Routes =>
  ({ serve, store, clock }) => {
    serve(getDigestPromise, ({ scope }) => getDigest(store, scope, mailing))
    serve(setDigestPromise, ({ scope, body }) => setDigest(store, clock, scope, mailing, body.digest))
    serve(contract.listWebhooks, async ({ caller }) => ({
      items: await listWebhooks(store, caller),
      mayGoTo: [...outside.outward],
    }))
    serve(contract.getWebhook, ({ store, caller, params }) => getWebhook(store, caller, params.id))
    serve(contract.createWebhook, ({ store, caller, body }) => createWebhook(store, clock, caller, outside, body))
    serve(contract.changeWebhook, ({ store, caller, params, body }) =>
      changeWebhook(store, clock, caller, outside, params.id, body),
    )
    serve(contract.removeWebhook, ({ scope, params }) => removeWebhook(store, clock, scope, params.id))
    serve(contract.rotateWebhookSecret, ({ store, caller, params }) =>
      rotateWebhookSecret(store, clock, caller, outside, params.id),
    )
    serve(contract.testWebhook, ({ store, scope, params }) => testWebhook(store, clock, scope, outside, params.id))
    serve(contract.listDeliveries, async ({ scope, query: { limit, cursor, webhook, state } }) => {
      mustSeeAllSites(scope)
      const before = readCursor(cursor, ByTime)
      const rows = await withScope(store, scope, (scoped) =>
        viewDeliveries(scoped, { limit: limit + 1, before, webhook, state }),
      )
      return pageOf(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id])
    })
    serve(contract.replayDeliveries, ({ scope, params, body }) =>
      replayDeliveries(store, clock, scope, params.id, body.delivery),
    )
  }
