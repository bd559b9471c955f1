import * as contract from '@suture/contract/device-actions.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { draftDeviceAction, getDeviceAction, startDeviceAction, stopDeviceAction } from './device-action.operations.ts'
import { viewActions, viewMeant } from './device-action.queries.ts'
import type { DeviceFieldsSql } from './device-query.queries.ts'

/** What is done to many devices, over HTTP. */
export const deviceActionRoutes =
  ({ fields }: { readonly fields: DeviceFieldsSql }): Routes =>
  ({ serve, store, clock }) => {
    serve(contract.draftDeviceAction, ({ store, caller, body }) =>
      draftDeviceAction({ store, clock, fields }, caller, body),
    )
    serve(contract.startDeviceAction, ({ store, scope, params, body }) =>
      startDeviceAction(store, clock, scope, params.id, body),
    )
    serve(contract.stopDeviceAction, ({ scope, params }) => stopDeviceAction(store, clock, scope, params.id))
    serve(contract.getDeviceAction, ({ scope, params }) => getDeviceAction(store, scope, params.id))
    serve(contract.listDeviceActions, async ({ scope, query }) => {
      const before = readCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
      const rows = await withScope(store, scope, (scoped) => viewActions(scoped, query.limit + 1, before))
      return pageOf(rows, query.limit, ({ id }) => [id])
    })
    serve(contract.listDeviceActionDevices, async ({ scope, params, query: { cursor, limit, outcome } }) => {
      const after = readCursor(cursor, z.tuple([z.int().min(0)]))?.[0] ?? 0
      await getDeviceAction(store, scope, params.id)
      const rows = await withScope(store, scope, (scoped) =>
        viewMeant(scoped, params.id, limit + 1, { after, outcome }),
      )
      return pageOf(rows, limit, ({ number }) => [number])
    })
  }
