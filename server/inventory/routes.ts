import { deviceFields } from '@suture/contract/device-fields.ts'
import * as contract from '@suture/contract/inventory.ts'
import { z } from 'zod'
import type { BlobStore } from '#platform/blob/store.ts'
import { withScope } from '#platform/database/store.ts'
import type { Caller } from '#platform/http/caller.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import { demandField } from '#platform/http/query.ts'
import type { Routes } from '#platform/http/serve.ts'
import { Refusal } from '#platform/refusal.ts'
import { getBillImport, importBill } from './bill-import.operations.ts'
import { viewImports } from './bill-import.queries.ts'
import { viewBill, viewBills } from './bill-view.queries.ts'
import { viewDevice, viewDeviceCount, viewDevices } from './device.queries.ts'
import { createDeviceView, deviceCondition, removeDeviceView } from './device-query.operations.ts'
import { type DeviceFieldsSql, viewDeviceValues } from './device-query.queries.ts'
import { viewDeviceViews } from './device-view.queries.ts'
import { createGateway, revokeGateway } from './gateway.operations.ts'
import { viewGateways } from './gateway.queries.ts'
import { importDevices } from './import.operations.ts'
import { viewModels } from './model.queries.ts'
import { admitDevice, retireDevice } from './registration.operations.ts'
import { changeSite, createSite, getSite } from './site.operations.ts'
import { viewSites } from './site.queries.ts'

const numberOf = (cursor: string | undefined): number | undefined =>
  readCursor(cursor, z.tuple([z.int().min(0).max(Number.MAX_SAFE_INTEGER)]))?.[0]
const rowOf = (cursor: string | undefined): number | undefined =>
  readCursor(cursor, z.tuple([z.int().min(0).max(2_147_483_647)]))?.[0]

interface Given {
  readonly blobs: BlobStore
  /** The setting SUTURE_MAX_SBOM_BYTES. */
  readonly sbomBytes: number
  /** What the fields of a device mean, those of later phases too. */
  readonly fields: DeviceFieldsSql
}

/** Sites, devices, bills and gateways, over HTTP. */
export const inventoryRoutes =
  (given: Given): Routes =>
  (web) => {
    siteRoutes(web)
    deviceRoutes(given)(web)
    billRoutes(given)(web)
  }

const siteRoutes: Routes = ({ serve, store, clock }) => {
  serve(contract.createSite, ({ store, scope, body }) => createSite(store, clock, scope, body))
  serve(contract.getSite, ({ store, scope, params }) => getSite(store, scope, params.id))
  serve(contract.changeSite, ({ store, scope, params, body }) => changeSite(store, clock, scope, params.id, body))
  serve(contract.listSites, async ({ scope, query }) => {
    const after = rowOf(query.cursor)
    const rows = await withScope(store, scope, (scoped) =>
      viewSites(scoped, query.limit + 1, { after, text: query.text }),
    )
    return pageOf(rows, query.limit, ({ id }) => [id])
  })
  serve(contract.createGateway, ({ store, scope, body }) => createGateway(store, clock, scope, body.name))
  serve(contract.revokeGateway, ({ scope, params }) => revokeGateway(store, clock, scope, params.id))
  serve(contract.listGateways, async ({ scope, query }) => {
    const before = readCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
    const rows = await withScope(store, scope, (scoped) => viewGateways(scoped, query.limit + 1, before))
    return pageOf(rows, query.limit, ({ id }) => [id])
  })
}

const deviceRoutes =
  ({ fields }: Given): Routes =>
  ({ serve, store, clock }) => {
    serve(contract.importDevices, ({ scope, body }) => importDevices(store, clock, scope, body))
    const asking = (caller: Caller) => ({ caller, now: clock.now() })
    serve(contract.listDevices, async ({ caller, scope, query }) => {
      const { cursor, limit, q } = query
      const after = numberOf(cursor)
      return withScope(store, scope, async (scoped) => {
        const where = await deviceCondition(scoped, q, fields, asking(caller))
        const listed = pageOf(await viewDevices(scoped, where, limit + 1, after), limit, ({ number }) => [number])
        return after === undefined ? { ...listed, counts: { devices: await viewDeviceCount(scoped, where) } } : listed
      })
    })
    serve(contract.listDeviceValues, ({ caller, scope, query: { field, starts, limit, q } }) => {
      demandField(deviceFields, field, caller)
      return withScope(store, scope, async (scoped) => {
        if (field === 'view') return { items: [] }
        const where = await deviceCondition(scoped, q, fields, asking(caller))
        return { items: [...(await viewDeviceValues(scoped, fields[field], { where, starts, limit }))] }
      })
    })
    serve(contract.createDeviceView, ({ store, caller, body }) => createDeviceView(store, clock, caller, body))
    serve(contract.removeDeviceView, ({ scope, params }) => removeDeviceView(store, clock, scope, params.name))
    serve(contract.listDeviceViews, async ({ scope }) => ({
      items: await withScope(store, scope, viewDeviceViews),
    }))
    serve(contract.getDevice, async ({ scope, params }) => {
      const device = await withScope(store, scope, (scoped) => viewDevice(scoped, params.id))
      if (!device) throw new Refusal('inventory/device-unknown')
      return device
    })
    serve(contract.admitDevice, ({ scope, params, body }) => admitDevice(store, clock, scope, params.id, body))
    serve(contract.retireDevice, ({ scope, params }) => retireDevice(store, clock, scope, params.id))
    serve(contract.listModels, async ({ scope, query }) => {
      const after = rowOf(query.cursor)
      const rows = await withScope(store, scope, (scoped) =>
        viewModels(scoped, query.limit + 1, { after, text: query.text }),
      )
      return pageOf(rows, query.limit, ({ number }) => [number])
    })
  }

const billRoutes =
  ({ blobs, sbomBytes: maxBytes }: Given): Routes =>
  ({ serve, store, clock }) => {
    serve(
      contract.importBill,
      ({ scope, query, bytes }) => importBill({ store, clock, blobs }, scope, { ...query, bytes, maxBytes }),
      { maxBytes },
    )
    serve(contract.listBillImports, async ({ scope, query }) => {
      const before = readCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
      const rows = await withScope(store, scope, (scoped) => viewImports(scoped, query.limit + 1, before))
      return pageOf(rows, query.limit, ({ id }) => [id])
    })
    serve(contract.getBillImport, ({ scope, params }) => getBillImport(store, scope, params.id))
    serve(contract.listBills, async ({ scope, query }) => {
      const before = rowOf(query.cursor)
      const rows = await withScope(store, scope, (scoped) => viewBills(scoped, query.limit + 1, before))
      return pageOf(rows, query.limit, ({ number }) => [number])
    })
    serve(contract.getBill, async ({ scope, params, query }) => {
      const after = rowOf(query.cursor) ?? 0
      const bill = await withScope(store, scope, (scoped) => viewBill(scoped, params.id, query.limit + 1, after))
      if (!bill) throw new Refusal('inventory/bill-unknown')
      return { ...bill, listed: pageOf(bill.listed, query.limit, ({ number }) => [number]) }
    })
  }
