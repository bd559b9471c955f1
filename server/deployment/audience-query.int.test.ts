import { createToken } from '@suture/contract/auth.ts'
import { type Connection, call, ProblemError } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { createDeviceView } from '@suture/contract/device-views.ts'
import { importDevices, listDevices, listSites } from '@suture/contract/inventory.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { product, versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome, type TestServer } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'
import { devicesOf } from './audience.ts'

let server: TestServer
let scene: RolloutScene
onRolloutStage(new MovedClock(), { A: 4, B: 3 }, (stage) => {
  ;({ server, scene } = stage)
})

type Audience = NonNullable<ReturnType<RolloutScene['plan']>['audience']>

const listed = async (q: string, by: Connection = scene.people.operator) =>
  (await call(by, listDevices, { query: { q, limit: 500 } })).items
const body = (audience: Audience) => ({ body: scene.plan({ audience }) })
const preview = (audience: Audience, by: Connection = scene.people.operator) =>
  call(by, contract.previewRollout, body(audience))
const create = (audience: Audience) => call(scene.people.operator, contract.createRollout, body(audience))
const refused = (audience: Audience, by: Connection = scene.people.operator) =>
  outcome(by, contract.previewRollout, body(audience))
const devicesIn = async (audience: Audience, by?: Connection) => (await preview(audience, by)).devices

/** What of a refusal is about the query. */
const problem = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error) => {
      if (!(error instanceof ProblemError)) throw error
      const { code, problem, at, meant } = error.problem
      return { code, problem, at, meant }
    },
  )

/** A machine that may do so much, at one site alone where one is named. */
async function machine(permissions: readonly Permission[], site?: string): Promise<Connection> {
  const { items } = await call(scene.people.admin, listSites, {})
  const sites = site === undefined ? {} : { sites: items.filter(({ name }) => name === site).map(({ id }) => id) }
  const { secret } = await call(scene.people.admin, createToken, {
    body: { name: 'planner', permissions: [...permissions], ...sites },
  })
  return { base: server.base, headers: { authorization: `Bearer ${secret}` } }
}

/** The serials of the devices in the audience that was frozen. */
async function frozen(rollout: string): Promise<string[]> {
  const [row] = await scene.sql<{ audience: Buffer }>('select audience from deployment_rollout where id = $1', rollout)
  const rows = await scene.sql<{ serial: string }>(
    'select serial from inventory_device where id = any($1::bigint[]) order by id',
    devicesOf(row?.audience ?? Buffer.alloc(0)),
  )
  return rows.map(({ serial }) => serial)
}

describe('an audience that is asked for', () => {
  test('is what the list of devices finds with the same query, in the preview and in what is frozen', async () => {
    const serial = `${scene.tenant.name}-A-0`
    const queries = [
      'hw:A',
      '-hw:A',
      'serial:*-0',
      `serial:"${serial}" or hw:B`,
      'site:Works fw<99',
      'due<1d or hw:A',
      'kev:yes or hw:A',
    ]
    for (const q of queries) {
      const found = (await listed(q)).map((each) => each.serial)
      expect([q, found]).not.toEqual([q, []])
      const made = await create({ q })
      expect([q, await devicesIn({ q }), made.devices]).toEqual([q, found.length, found.length])
      expect([q, await frozen(made.id)]).toEqual([q, found])
    }
  })

  test('leaves out whatever a release is not for, and counts it', async () => {
    const rows = [
      { serial: 'rig', hardwareRevision: 'A', rig: true },
      { serial: 'other', hardwareRevision: 'B', model: 'Bell' },
      { serial: 'done', hardwareRevision: 'B', firmware: versions.after },
    ].map((row) => ({ ...product, type: 'door lock', firmware: versions.before, site: 'Works', ...row }))
    await call(scene.people.operator, importDevices, { body: { devices: rows } })
    const { devices, excluded } = await preview({ q: 'site:Works -hw:A or serial:rig' })
    const found = await listed('site:Works -hw:A or serial:rig')
    expect(devices).toBe(3)
    expect(excluded.reduce((sum, each) => sum + each.devices, 3)).toBe(found.length)
    expect(excluded).toEqual(
      expect.arrayContaining([
        { why: 'rig', devices: 1 },
        { why: 'not-targeted', devices: 1 },
        { why: 'up-to-date', devices: 1 },
      ]),
    )
  })

  test('fits the other filters too', async () => {
    const [first] = await listed('hw:A')
    expect(await devicesIn({ q: 'hw:A', devices: [first?.id ?? ''] })).toBe(1)
    expect(await devicesIn({ q: 'hw:A or hw:B', hardwareRevision: 'B' })).toBe(3)
    expect(await refused({ q: 'hw:A', hardwareRevision: 'B' })).toMatchObject({ code: 'deployment/nobody-eligible' })
  })

  test('stands for what a view asks, and for what was found when the plan was made', async () => {
    await call(scene.people.operator, createDeviceView, { body: { name: 'seconds', q: 'hw:B' } })
    const made = await create({ q: '@seconds' })
    const row = { ...product, serial: 'late', hardwareRevision: 'B', type: 'door lock', firmware: versions.before }
    await call(scene.people.operator, importDevices, { body: { devices: [{ ...row, site: 'Works' }] } })
    expect(await devicesIn({ q: '@seconds' })).toBe(4)
    expect(await frozen(made.id)).toHaveLength(3)
    const { items } = await call(scene.people.auditor, listEvents, { query: { subject: made.id } })
    expect(items).toMatchObject([{ kind: 'rollout.created', detail: { devices: 3, q: '@seconds' } }])
  })

  test('that cannot be read is refused as in the list, with the place and what may have been meant', async () => {
    for (const q of ['hardwear:A', 'fw<', '@nobody', '(hw:A']) {
      const told = await problem(call(scene.people.operator, listDevices, { query: { q } }))
      expect(told).toMatchObject({ code: 'http/bad-query' })
      expect(await problem(preview({ q }))).toEqual(told)
      expect(await problem(create({ q }))).toEqual(told)
    }
  })
})

describe('whoever plans', () => {
  test('asks only for what they may see of a device', async () => {
    const planner = await machine(['deployment:plan', 'inventory:read'])
    expect(await devicesIn({ q: 'hw:A' }, planner)).toBe(4)
    for (const q of ['kev:yes', 'hw:A or -(due<7d)', 'job:failed'])
      expect(await refused({ q }, planner)).toMatchObject({ code: 'auth/not-permitted' })
    await call(scene.people.operator, createDeviceView, { body: { name: 'late', q: 'due<0d' } })
    expect(await refused({ q: '@late' }, planner)).toMatchObject({ code: 'auth/not-permitted' })
  })

  test('at one site reaches nothing of the others, whatever they ask for', async () => {
    await scene.sql(
      `update inventory_device set site_id = (select id from inventory_site where tenant_id = $1 and name = 'Closed')
        where tenant_id = $1 and serial like '%-B-0'`,
      scene.tenant.id,
    )
    const planner = await machine(['deployment:plan', 'inventory:read', 'risk:read', 'deployment:read'], 'Closed')
    for (const q of ['hw:B', '-hw:A', 'site:*', '-site:nowhere']) {
      expect((await listed(q, planner)).map(({ serial }) => serial)).toEqual([`${scene.tenant.name}-B-0`])
      expect([q, await devicesIn({ q }, planner)]).toEqual([q, 1])
    }
    expect(await refused({ q: 'site:Works' }, planner)).toMatchObject({ code: 'deployment/nobody-eligible' })
  })
})
