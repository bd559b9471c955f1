import { createToken } from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { query } from '@suture/testing/database.ts'
import { type Asking, type Row, startAsking, thatAre } from '@suture/testing/query-scene.ts'
import { outcome, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let at: Asking
let server: TestServer
let tenant: TestTenant
beforeAll(async () => {
  at = await startAsking()
  server = at.server
  tenant = at.tenant
})
afterAll(() => server.stop())

const list = (q: string, by?: Connection) => at.list(q, by)

describe('whoever may not see something', () => {
  test('may not ask for it either', async () => {
    const { secret } = await call(tenant.people.admin, createToken, {
      body: { name: 'lists', permissions: ['inventory:read'] },
    })
    const machine = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
    expect(await list('model:P32', machine)).toHaveLength(20)
    for (const q of ['cve:CVE-2023-6448', 'model:x or -(due<7d)', 'job:failed', 'kev:no', 'findings:0', 'rollout:*'])
      expect(await outcome(machine, contract.listDevices, { query: { q } })).toMatchObject({
        code: 'auth/not-permitted',
      })
    expect(await outcome(machine, contract.listDeviceValues, { query: { field: 'cve' } })).toMatchObject({
      code: 'auth/not-permitted',
    })
    expect(await outcome(machine, contract.listDeviceValues, { query: { field: 'name', q: 'due<1d' } })).toMatchObject({
      code: 'auth/not-permitted',
    })
  })

  test('of a site finds and counts nothing of the others', async () => {
    const [site] = (await call(tenant.people.admin, contract.listSites, {})).items
    const { secret } = await call(tenant.people.admin, createToken, {
      body: { name: 'one site', permissions: ['inventory:read'], sites: [site?.id ?? 0] },
    })
    const machine = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
    const mine = thatAre(({ site: at }) => at === site?.name)
    expect(await list('site:*', machine)).toEqual(mine)
    expect(await list('-site:nowhere', machine)).toEqual(mine)
    const { items } = await call(machine, contract.listDeviceValues, { query: { field: 'site' } })
    expect(items).toEqual([{ value: site?.name, devices: mine.length }])
  })
})

describe('a view', () => {
  const keep = (name: string, q: string, by: Connection = tenant.people.operator) =>
    outcome(by, contract.createDeviceView, { body: { name, q } })

  test('stands in another query for what it asks, for everybody, until it is removed', async () => {
    await keep('axis', 'vendor:axis or vendor:moxa')
    const isOne = ({ manufacturer }: Row) => manufacturer !== "O'Hara"
    expect(await list('@axis')).toEqual(thatAre(isOne))
    expect(await list('type:camera -@axis')).toEqual(thatAre((row) => row.type === 'camera' && !isOne(row)))
    expect(await list('view==ax*')).toEqual(thatAre(isOne))
    const { items } = await call(tenant.people.viewer, contract.listDeviceViews, {})
    expect(items).toMatchObject([{ name: 'axis', q: 'vendor:axis or vendor:moxa', createdBy: expect.any(String) }])
    await call(tenant.people.operator, contract.removeDeviceView, { params: { name: 'axis' } })
    const refused = await call(tenant.people.viewer, contract.listDevices, { query: { q: '@axis' } }).catch(
      ({ problem }) => problem,
    )
    expect(refused).toMatchObject({ code: 'http/bad-query', problem: 'There is no view @axis' })
  })

  test('is refused where it is taken, names another or cannot be read, and to whoever only looks', async () => {
    await keep('mine', 'rig:no')
    expect(await keep('mine', 'rig:yes')).toMatchObject({ code: 'inventory/view-taken' })
    expect(await keep('nested', 'rig:no -@mine')).toMatchObject({ code: 'inventory/view-nested' })
    expect(await keep('broken', 'rgi:no')).toMatchObject({ code: 'http/bad-query' })
    expect(await keep('other', 'rig:no', tenant.people.viewer)).toMatchObject({ code: 'auth/not-permitted' })
    const gone = { params: { name: 'never' } }
    expect(await outcome(tenant.people.operator, contract.removeDeviceView, gone)).toMatchObject({
      code: 'inventory/view-unknown',
    })
  })

  test('counts with all that it asks, so that no name makes a query longer than one may be', async () => {
    const long = Array.from({ length: 60 }, (_, n) => `model:m${n}`).join(' or ')
    await keep('long-1', long)
    await keep('long-2', long)
    expect(await list('@long-1')).toEqual([])
    for (const q of ['@long-1 or @long-2', 'view:long-*', `@long-1 or ${long}`])
      expect(
        await call(tenant.people.viewer, contract.listDevices, { query: { q } }).catch(({ problem }) => problem),
      ).toMatchObject({
        code: 'http/bad-query',
        problem: 'A query has at most 100 comparisons, those of its views included',
      })
  })

  test('lends nobody the right to what it asks for', async () => {
    await keep('late', 'due<0d')
    const { secret } = await call(tenant.people.admin, createToken, {
      body: { name: 'reads', permissions: ['inventory:read', 'inventory:write'] },
    })
    const machine = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
    expect(await outcome(machine, contract.listDevices, { query: { q: '@late' } })).toMatchObject({
      code: 'auth/not-permitted',
    })
    expect(await keep('later', 'due>1d', machine)).toMatchObject({ code: 'auth/not-permitted' })
  })

  test('there are at most 200 of in a tenant', async () => {
    const other = await server.addTenant('views')
    await query(
      server.database.urls.superuser,
      `insert into inventory_device_view select $1, 'v-' || n, 'rig:no', 'Somebody', now() from generate_series(1, 199) n`,
      [other.id],
    )
    const both = await Promise.all(['a', 'b'].map((name) => keep(name, 'rig:no', other.people.operator)))
    expect(both.map((each) => ('code' in each ? each.code : 'kept')).sort()).toEqual([
      'inventory/too-many-views',
      'kept',
    ])
  })
})
