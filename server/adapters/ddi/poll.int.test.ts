import { randomBytes } from 'node:crypto'
import { call } from '@suture/contract/client.ts'
import { startRollout } from '@suture/contract/deployment.ts'
import { importDevices, retireDevice } from '@suture/contract/inventory.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { product, versions } from '@suture/testing/published-release.ts'
import { RolloutScene, signerFor } from '@suture/testing/rollout-scene.ts'
import type { SignerProcess } from '@suture/testing/signer-process.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { deploymentCourier } from '../../deployment/index.ts'
import { type Claimant, Edge } from '../../edge/index.ts'
import { createPoll } from './poll.ts'

const clock = new MovedClock()
const log = createLog('silent')
let server: TestServer
let signer: SignerProcess
let scene: RolloutScene
let edge: Edge
let poll: ReturnType<typeof createPoll>
beforeAll(async () => {
  server = await startTestServer({ clock })
  signer = await signerFor(server)
})
afterAll(async () => {
  await signer.end('SIGTERM')
  await server.stop()
})
beforeEach(async () => {
  // A clock that stands still lets nobody ask for a new tenant's name too often.
  clock.pass(2)
  scene = await RolloutScene.make(server, clock, `edge-${randomBytes(3).toString('hex')}`, { A: 2, B: 1 })
  edge = new Edge({ store: server.database.app, clock, log })
  poll = createPoll({
    store: server.database.app,
    clock,
    couriers: [deploymentCourier(scene.parts)],
    edge,
    metrics: createMetrics(),
  })
  for (const device of scene.devices) expect((await device.tellFacts({ firmware: versions.before })).status).toBe(200)
  onTestFinished(async () => {
    await edge.close()
    await scene.end()
  })
})

const claimant = (device: DdiDevice, token = device.about.token): Claimant => ({
  ...{ tenant: scene.tenant.id, controllerId: device.about.serial, hash: hashSecret(token) },
})
const first = () => scene.devices[0] as DdiDevice
const knows = (device: DdiDevice): boolean => edge.find(claimant(device)) !== undefined

/** Asks again until it is so; the bound only guards against hangs. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It never came to that: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Polls until the edge answers for every device by itself. */
const remembered = () =>
  until('every device is remembered', async () => {
    for (const device of scene.devices) await poll(claimant(device))
    return scene.devices.every(knows)
  })

/** Somebody else's process: what it commits, nobody in this one is told of. */
async function elsewhere() {
  const client = new pg.Client({ connectionString: server.database.urls.superuser })
  await client.connect()
  onTestFinished(() => client.end())
  const event = (kind: string, subject: string, detail: object = {}) =>
    client.query(
      `insert into platform_event (tenant_id, epoch, at, kind, actor_kind, actor_id, actor_name, subject, detail)
       select $1, epoch, now(), $2, 'system', 'x', 'x', $3, $4 from platform_epoch`,
      [scene.tenant.id, kind, subject, detail],
    )
  return { client, event }
}

test('a device that there is nothing for is answered without the database, by its own secret alone', async () => {
  await remembered()
  const { client } = await elsewhere()
  await client.query('begin; lock table inventory_device_key in access exclusive mode')
  const polled = await poll(claimant(first()))
  expect(polled).toMatchObject({ assignment: undefined, wantsFacts: false })
  expect(edge.find(claimant(first(), '0'.repeat(32)))).toBeUndefined()
  const stranger = poll(claimant(first(), '0'.repeat(32)))
  await client.query('commit')
  expect(await stranger).toBeUndefined()
})

test('who was answered from memory is written down as heard of', async () => {
  await remembered()
  const seen = async () =>
    (
      await scene.sql<{ at: Date }>(
        `select s.at from inventory_seen s join inventory_device d on d.tenant_id = s.tenant_id and d.id = s.device_id
          where d.tenant_id = $1 and d.serial = $2`,
        scene.tenant.id,
        first().about.serial,
      )
    )[0]?.at.getTime() ?? 0
  clock.pass(100)
  const now = clock.now().getTime()
  expect(await seen()).toBeLessThan(now)
  await until('it is written down', async () => knows(first()) && (await seen()) >= now)
})

test('what this process commits counts at once: a rollout that started is offered at the next poll', async () => {
  const { id } = await scene.signed()
  await remembered()
  await call(scene.people.operator, startRollout, { params: { id } })
  expect(scene.devices.filter(knows)).toEqual([])
  const offered = await Promise.all(scene.devices.map((device) => poll(claimant(device))))
  expect(offered.map((each) => each?.assignment?.kind)).toEqual(['install', 'install', 'install'])
  // Whoever has something to do is asked for each time: a stop reaches them at their next poll.
  expect(scene.devices.filter(knows)).toEqual([])
})

test('a device that is retired or gets another secret is not known any more', async () => {
  await remembered()
  const [kept, retired, renewed] = scene.devices as [DdiDevice, DdiDevice, DdiDevice]
  const [row] = await scene.sql<{ uid: string }>(
    'select uid from inventory_device where tenant_id = $1 and serial = $2',
    scene.tenant.id,
    retired.about.serial,
  )
  await call(scene.people.operator, retireDevice, { params: { id: row?.uid ?? '' } })
  expect([knows(kept), knows(retired)]).toEqual([true, false])
  expect(await poll(claimant(retired))).toBeUndefined()
  const { serial, hardwareRevision } = renewed.about
  const token = randomBytes(16).toString('hex')
  const device = { ...product, serial, hardwareRevision, token, type: 'door lock', firmware: versions.before }
  await call(scene.people.operator, importDevices, { body: { devices: [device] } })
  expect(await poll(claimant(renewed))).toBeUndefined()
  expect(await poll(claimant(renewed, token))).toBeDefined()
})

test('what another process commits is found by looking, also when it commits later than what came after it', async () => {
  await remembered()
  const [late, soon] = [await elsewhere(), await elsewhere()]
  const uids = await scene.sql<{ uid: string; serial: string }>(
    'select uid, serial from inventory_device where tenant_id = $1',
    scene.tenant.id,
  )
  const uidOf = ({ about }: DdiDevice) => uids.find(({ serial }) => serial === about.serial)?.uid ?? ''
  const [one, two, three] = scene.devices as [DdiDevice, DdiDevice, DdiDevice]
  await late.client.query('begin')
  await late.event('device.bill-adopted', uidOf(one))
  await soon.event('job.ended', 'a job', { device: uidOf(two) })
  await until('the second is found', () => !knows(two))
  expect([knows(one), knows(three)]).toEqual([true, true])
  await late.client.query('commit')
  await until('the first is found', () => !knows(one))
  expect(knows(three)).toBe(true)
  await soon.event('something.new', 'that nobody here has heard of')
  await until('everything is forgotten', () => !knows(three))
})

test('whoever cannot look for news answers nothing from memory after three seconds, and goes on once they can', async () => {
  await remembered()
  const { client } = await elsewhere()
  await client.query('begin; lock table platform_epoch in access exclusive mode')
  const began = performance.now()
  await until('nothing is answered from memory', () => !knows(first()))
  expect(performance.now() - began).toBeLessThan(5000)
  await client.query('commit')
  await until('it is again', () => poll(claimant(first())).then(() => knows(first())))
})

test('an answer that news overtook while it was asked for is not remembered', async () => {
  await remembered()
  const { event } = await elsewhere()
  await event('wave.opened', 'x')
  await until('everything is forgotten', () => !scene.devices.some(knows))
  await until('the first is remembered', () => poll(claimant(first())).then(() => knows(first())))
  const device = edge.find(claimant(first()))
  if (!device) throw new Error('The first device is not remembered')
  await edge.learn(
    scene.tenant.id,
    async () => {
      await event('wave.opened', 'x')
      await until('it is forgotten', () => !knows(first()))
    },
    () => [[claimant(first()), device]],
  )
  expect(knows(first())).toBe(false)
})

test('nothing is remembered for longer than a quarter of an hour', async () => {
  await remembered()
  clock.pass(14 * 60)
  expect(knows(first())).toBe(true)
  clock.pass(61)
  expect(knows(first())).toBe(false)
})
