import { acceptInvitation, changeUser, inviteUser } from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { query } from '@suture/testing/database.ts'
import { begun, drafted, endOfAction } from '@suture/testing/device-action.ts'
import { outcome, password, signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { systemScope, withScope } from '#platform/database/store.ts'
import { actOnDevices, tidyDeviceActions } from './device-action-turn.operations.ts'
import { recordClaims, registerDevice } from './index.ts'

let server: TestServer
let tenant: TestTenant
let to: Connection
let serial = 0
beforeAll(async () => {
  server = await startTestServer({ works: true })
})
afterAll(() => server.stop())

const sql = <Row extends object>(text: string, ...values: unknown[]) =>
  query<Row>(server.database.urls.superuser, text, values)

const row = (name: string, more: object = {}) => ({
  ...{ serial: name, manufacturer: 'Axis', model: 'P32', type: 'camera', hardwareRevision: 'A', firmware: '1' },
  ...more,
})
const states = async () =>
  Object.fromEntries(
    (await call(to, contract.listDevices, { query: { limit: 500 } })).items.map(({ serial, state }) => [serial, state]),
  )
const idOf = async (name: string) =>
  (await call(to, contract.listDevices, { query: { q: `serial:${name}` } })).items[0]?.id ?? ''
const retiredEvents = async () =>
  (await call(tenant.people.auditor, listEvents, { query: { kind: 'device.retired', limit: 500 } })).items

/** An operator who is limited to one site. */
async function limitedTo(site: string) {
  const { admin } = tenant.people
  const login = `limited@${tenant.name}`
  const { items } = await call(admin, contract.listSites, { query: { text: site } })
  const sites = items.map(({ id }) => id)
  const body = { login, name: 'Limited', roles: ['operator' as const], sites }
  const { user, invitation } = await call(admin, inviteUser, { body })
  await call({ ...admin, headers: {} }, acceptInvitation, { body: { code: invitation.code, password } })
  return { id: user.id, to: await signIn(server.base, login) }
}

beforeEach(async () => {
  tenant = await server.addTenant(`plant${serial++}`)
  to = tenant.people.operator
  for (const name of ['North', 'South']) await call(to, contract.createSite, { body: { name } })
  const north = ['N-1', 'N-2', 'N-3'].map((name) => row(name, { site: 'North' }))
  const south = ['S-1', 'S-2'].map((name) => row(name, { site: 'South' }))
  const devices = [...north, ...south, row('R-1', { site: 'North', rig: true }), row('G-1', { site: 'North' })]
  await call(to, contract.importDevices, { body: { devices } })
  await call(to, contract.retireDevice, { params: { id: await idOf('G-1') } })
})

describe('a draft', () => {
  test('tells how many devices an action would touch, and why not the others, and touches none', async () => {
    await sql(
      `insert into deployment_device_slot select tenant_id, id, gen_random_uuid(), 1 from inventory_device
        where tenant_id = $1 and serial = 'N-3'`,
      tenant.id,
    )
    const before = await states()
    const draft = await drafted(to, { kind: 'retire', q: 'site:North' })
    expect(draft).toMatchObject({ state: 'draft', devices: 5, left: 2, done: 0, q: 'site:North' })
    expect(draft.excluded).toEqual([
      { reason: 'already-retired', devices: 1 },
      { reason: 'open-job', devices: 1 },
      { reason: 'rig', devices: 1 },
    ])
    expect(await states()).toEqual(before)
    const ended = await endOfAction(to, (await begun(to, draft)).id)
    expect(ended).toMatchObject({ state: 'done', done: draft.left, left: 0, excluded: draft.excluded })
    const touched = { ...before, 'N-1': 'retired', 'N-2': 'retired' }
    expect(await states()).toEqual(touched)
    expect((await retiredEvents()).slice(0, 2).map(({ actor }) => actor.name)).toEqual(['operator', 'operator'])
  })

  test('names each device with what becomes of it, page by page', async () => {
    const { id } = await drafted(to, { kind: 'retire', q: 'site:North' })
    const look = (more: object) => call(to, contract.listDeviceActionDevices, { params: { id }, query: more })
    const first = await look({ limit: 3 })
    const second = await look({ limit: 3, cursor: first.next })
    expect([...first.items, ...second.items].map(({ serial, outcome }) => `${serial} ${outcome}`)).toEqual([
      ...['N-1 left', 'N-2 left', 'N-3 left', 'R-1 rig', 'G-1 already-retired'],
    ])
    expect((await look({ outcome: 'rig' })).items.map(({ serial }) => serial)).toEqual(['R-1'])
    expect((await look({ outcome: 'left' })).items).toHaveLength(3)
  })

  test('is its drafter’s alone, one at a time, and no older than an hour', async () => {
    const first = await drafted(to, { kind: 'retire', q: 'site:North' })
    const { id, left } = await drafted(to, { kind: 'retire', q: 'site:South' })
    const look = (by: Connection, id: string) => outcome(by, contract.getDeviceAction, { params: { id } })
    expect(await look(to, first.id)).toMatchObject({ code: 'inventory/device-action-unknown' })
    expect(await look(tenant.people.admin, id)).toMatchObject({ code: 'inventory/device-action-unknown' })
    const start = (by: Connection, expect: number) =>
      outcome(by, contract.startDeviceAction, { params: { id }, body: { expect } })
    expect(await start(tenant.people.admin, left)).toMatchObject({ code: 'inventory/device-action-unknown' })
    expect(await start(to, left + 1)).toMatchObject({ code: 'inventory/count-differs' })
    const age = (by: string) =>
      sql(`update inventory_device_action set drafted_at = drafted_at - $2::interval where id = $1`, id, by)
    await age('61 minutes')
    expect(await start(to, left)).toMatchObject({ code: 'inventory/draft-too-old' })
    const tidy = () =>
      tidyDeviceActions({ store: server.database.worker, clock: systemClock, scope: systemScope(tenant.id, 'test') })
    await tidy()
    expect(await start(to, left)).toMatchObject({ code: 'inventory/draft-too-old' })
    await age('-61 minutes')
    expect(await start(to, left)).toMatchObject({ reply: { state: 'running' } })
    expect(await start(to, left)).toMatchObject({ code: 'inventory/no-draft' })
    const old = await drafted(to, { kind: 'retire', q: 'site:North' })
    await sql(`update inventory_device_action set drafted_at = drafted_at - interval '25 hours' where id = $1`, old.id)
    await tidy()
    expect(await look(to, old.id)).toMatchObject({ code: 'inventory/device-action-unknown' })
    expect(await look(to, id)).toMatchObject({ reply: { id } })
    expect(await sql('select from inventory_action_device where action_id = $1', old.id)).toEqual([])
  })

  test('is refused to whoever may only look, and for a device that nobody sees', async () => {
    const draft = (by: Connection, body: Parameters<typeof drafted>[1]) =>
      outcome(by, contract.draftDeviceAction, { body })
    const q = 'site:North'
    expect(await draft(tenant.people.viewer, { kind: 'retire', q })).toMatchObject({ code: 'auth/not-permitted' })
    const devices = [await idOf('N-1'), '0190d7a4-0000-7000-8000-000000000000']
    expect(await draft(to, { kind: 'retire', devices })).toMatchObject({ code: 'inventory/device-unknown' })
    expect(await draft(to, { kind: 'admit', site: 'West', q })).toMatchObject({ code: 'inventory/site-unknown' })
    for (const body of [{ kind: 'retire' }, { kind: 'retire', q, devices }, { kind: 'admit', q }] as const)
      expect(await draft(to, body)).toMatchObject({ code: 'http/malformed' })
  })
})

describe('an action that was started', () => {
  test('leaves what changed since the draft as it is, with the reason, and what fits only now alone', async () => {
    const draft = await drafted(to, { kind: 'retire', q: 'site:South' })
    await call(to, contract.retireDevice, { params: { id: await idOf('S-1') } })
    await call(to, contract.importDevices, { body: { devices: [row('S-9', { site: 'South' })] } })
    const ended = await endOfAction(to, (await begun(to, draft)).id)
    expect(ended).toMatchObject({ devices: 2, done: 1, excluded: [{ reason: 'already-retired', devices: 1 }] })
    expect(await states()).toMatchObject({ 'S-1': 'retired', 'S-2': 'retired', 'S-9': 'live' })
  })

  test('is stopped before it begins as if it had never been', async () => {
    const before = await states()
    const { id, left } = await begun(to, await drafted(to, { kind: 'retire', q: 'site:North' }), 60)
    const stop = () => outcome(to, contract.stopDeviceAction, { params: { id } })
    expect(await stop()).toMatchObject({ reply: { state: 'stopped' } })
    expect(await stop()).toMatchObject({ code: 'inventory/not-running' })
    const stopped = await call(to, contract.getDeviceAction, { params: { id } })
    expect(stopped).toMatchObject({ state: 'stopped', done: 0, left: 0 })
    expect(stopped.excluded[0]).toEqual({ reason: 'stopped', devices: left })
    expect(await states()).toEqual(before)
  })

  test('touches nobody twice, though a turn of it is repeated', async () => {
    const { id } = await begun(to, await drafted(to, { kind: 'retire', q: 'site:North' }), 60)
    const turn = { store: server.database.worker, clock: systemClock, scope: systemScope(tenant.id, 'test') }
    const before = (await retiredEvents()).length
    await Promise.all([1, 2, 3].map(() => actOnDevices({ ...turn, action: id, after: 0 })))
    await actOnDevices({ ...turn, action: id, after: 0 })
    expect(await endOfAction(to, id)).toMatchObject({ state: 'done', done: 3 })
    expect(await retiredEvents()).toHaveLength(before + 3)
  })

  test('is listed for everybody who sees its sites, newest first', async () => {
    const first = await endOfAction(to, (await begun(to, await drafted(to, { kind: 'retire', q: 'N-1' }))).id)
    const second = await endOfAction(to, (await begun(to, await drafted(to, { kind: 'retire', q: 'N-2' }))).id)
    await drafted(to, { kind: 'retire', q: 'N-3' })
    const list = async (by: Connection) =>
      (await call(by, contract.listDeviceActions, {})).items.map(({ id, done }) => ({ id, done }))
    const all = [second, first].map(({ id }) => ({ id, done: 1 }))
    expect(await list(tenant.people.viewer)).toEqual(all)
    expect(await list((await limitedTo('North')).to)).toEqual([])
  })
})

describe('the rights to an action', () => {
  test('reach as far as those to each device: another site’s and another tenant’s are not there', async () => {
    const { to: limited } = await limitedTo('South')
    const draft = await drafted(limited, { kind: 'retire', q: 'name:*' })
    expect(draft).toMatchObject({ devices: 2, left: 2 })
    await endOfAction(limited, (await begun(limited, draft)).id)
    expect(await states()).toMatchObject({ 'N-1': 'live', 'S-1': 'retired', 'S-2': 'retired' })
    const theirs = { kind: 'retire' as const, devices: [await idOf('N-1')] }
    expect(await outcome(limited, contract.draftDeviceAction, { body: theirs })).toMatchObject({
      code: 'inventory/device-unknown',
    })
    const other = await server.addTenant(`other${serial++}`)
    for (const endpoint of [contract.getDeviceAction, contract.stopDeviceAction, contract.listDeviceActionDevices])
      expect(await outcome(other.people.admin, endpoint, { params: { id: draft.id } })).toMatchObject({ status: 404 })
    expect((await call(other.people.admin, contract.listDeviceActions, {})).items).toEqual([])
  })

  test('are looked at in each turn: whoever lost one meanwhile does nothing more with it', async () => {
    const turn = (id: string) =>
      actOnDevices({
        ...{ store: server.database.worker, clock: systemClock, scope: systemScope(tenant.id, 'test') },
        ...{ action: id, after: 0 },
      })
    const { id: person, to: limited } = await limitedTo('South')
    const move = async (change: object) =>
      call(tenant.people.admin, changeUser, { ifMatch: '*', params: { id: person }, body: change })
    const { items } = await call(to, contract.listSites, { query: { text: 'North' } })
    const moved = await begun(limited, await drafted(limited, { kind: 'retire', q: 'S-1' }), 60)
    await move({ sites: items.map(({ id }) => id) })
    await turn(moved.id)
    expect(await endOfAction(to, moved.id)).toMatchObject({ done: 0, excluded: [{ reason: 'out-of-sight' }] })
    const again = await signIn(server.base, `limited@${tenant.name}`)
    const demoted = await begun(again, await drafted(again, { kind: 'retire', q: 'N-1' }), 60)
    await move({ roles: ['viewer'] })
    await turn(demoted.id)
    expect(await endOfAction(to, demoted.id)).toMatchObject({ done: 0, excluded: [{ reason: 'not-permitted' }] })
    expect(await states()).toMatchObject({ 'N-1': 'live', 'S-1': 'live' })
  })
})

test('many devices are let in from quarantine at once, but for those that have not said what they are, or are somebody else', async () => {
  const scope = systemScope(tenant.id, 'test')
  const said = { manufacturer: 'Maker', model: 'Pump', hardwareRevision: 'B', firmware: '6' }
  const register = (controllerId: string, told: Record<string, string>) =>
    withScope(server.database.app, scope, async (scoped) => {
      const { device } = await registerDevice(scoped, systemClock, { controllerId })
      await recordClaims(scoped, systemClock, device.id, told)
    })
  await register('q-1', { ...said, serial: 'Q-1' })
  await register('q-2', { model: 'Pump' })
  await register('q-3', { ...said, serial: 'N-1' })
  await register('q-4', { ...said, serial: 'Q-4' })
  const draft = await drafted(to, { kind: 'admit', site: 'South', q: 'q- or serial:N-2' })
  expect(draft).toMatchObject({ devices: 5, left: 3, site: 'South' })
  const ended = await endOfAction(to, (await begun(to, draft)).id)
  expect(ended).toMatchObject({ done: 2, left: 0 })
  expect(ended.excluded).toEqual([
    { reason: 'facts-missing', devices: 1 },
    { reason: 'not-quarantined', devices: 1 },
    { reason: 'serial-taken', devices: 1 },
  ])
  const { items } = await call(to, contract.listDevices, { query: { q: 'model:Pump site:South' } })
  expect(items.map(({ serial, state }) => `${serial} ${state}`)).toEqual(['Q-1 live', 'Q-4 live'])
})
