import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { LabScene, type SceneRig } from '@suture/testing/lab-scene.ts'
import { startSimulator } from '@suture/testing/simulator/process.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Ddi } from './adapters/ddi/ddi.ts'
import { labCourier } from './lab/index.ts'
import { openBlobStore } from './platform/blob/store.ts'
import { systemClock } from './platform/clock.ts'
import { Buckets } from './platform/http/buckets.ts'
import { createLog } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'

let server: TestServer
let serial = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** The device API alone, with the lab as its only courier. */
async function openDoor(): Promise<string> {
  const blobs = await openBlobStore(join(server.home, 'blobs'))
  const app = Fastify()
  new Ddi({
    store: server.database.app,
    clock: systemClock,
    couriers: [labCourier(systemClock)],
    log: createLog('silent'),
    metrics: createMetrics(),
    blobs,
    buckets: new Buckets(),
    pollSeconds: 1,
    origin: undefined,
  }).routes(app)
  onTestFinished(async () => {
    await app.close()
    await blobs.close()
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

const entries = [
  { controllerId: 'rig-b', hardwareRevision: 'B', bootloader: '1.3', protocol: 'http' },
  { controllerId: 'rig-c', hardwareRevision: 'C', bootloader: '1.3', protocol: 'coap' },
] as const

/** A lab whose rigs are simulated devices in a process of their own, which speak DDI and tell who they are. */
async function simulatedLab(behaviour: 'honest' | 'lying' = 'honest') {
  const tenant = await server.addTenant(`sim${serial++}`)
  const devices = entries.map(({ protocol, ...each }) => ({
    ...each,
    token: randomBytes(16).toString('hex'),
    manufacturer: 'Kestrel',
    model: 'DL-20',
    firmware: '6.2.5',
    serial: each.controllerId.toUpperCase(),
    identity: { protocol, port: 0 },
    behaviour: each.controllerId === 'rig-c' ? behaviour : ('honest' as const),
  }))
  const simulator = await startSimulator({
    server: await openDoor(),
    tenant: tenant.name,
    seed: 7,
    truth: join(server.home, `truth-${tenant.name}.jsonl`),
    identityHost: '127.0.0.1',
    installSeconds: [0.2, 0.4],
    bootSeconds: [0.2, 0.4],
    devices,
  })
  onTestFinished(async () => void (await simulator.stop()))
  const rigs = devices.map(
    (each): SceneRig => ({
      ...each,
      protocol: each.identity.protocol,
      port: simulator.ports.get(each.controllerId) ?? 0,
      end: async () => undefined,
    }),
  )
  const truth = async (event: string) =>
    ((await simulator.truth()) as readonly { event: string; controllerId?: string; version?: string }[])
      .filter((each) => each.event === event)
      .map(({ controllerId, version }) => `${controllerId} ${version}`)
      .sort()
  return { scene: await LabScene.with(server, systemClock, tenant, rigs), truth }
}

test('simulated rigs install, are read over HTTP and CoAP, and go back, each twice over DDI', async () => {
  const { scene, truth } = await simulatedLab()
  const release = await scene.release({ version: '6.2.6' })
  const run = await scene.finish(await scene.test(release.id, 20))
  expect(run.trials.map(({ rig, outcome, failure }) => [rig, outcome, failure])).toEqual([
    ['RIG-B', 'passed', null],
    ['RIG-C', 'passed', null],
  ])
  expect(await truth('installed')).toEqual(['rig-b 6.2.5', 'rig-b 6.2.6', 'rig-c 6.2.5', 'rig-c 6.2.6'])
})

test('an image that kills one revision with an old bootloader is stopped here, whatever the device can still say', async () => {
  const { scene, truth } = await simulatedLab()
  const bricks = [{ hardwareRevision: 'C', bootloaderBelow: '1.4' }]
  const release = await scene.release({ version: '6.2.6', bricks })
  const run = await scene.finish(await scene.test(release.id, 8))
  expect(run.state).toBe('failed')
  expect(run.trials.map(({ rig, outcome, failure }) => [rig, outcome, failure])).toEqual([
    ['RIG-B', 'passed', null],
    ['RIG-C', 'failed', 'no-boot'],
  ])
  expect(await truth('bricked')).toEqual(['rig-c 6.2.6'])
})

test('a simulated rig that lies about what it runs is found out', async () => {
  const { scene } = await simulatedLab('lying')
  const release = await scene.release({ version: '6.2.6' })
  const run = await scene.finish(await scene.test(release.id, 8))
  expect(run.trials[1]).toMatchObject({ rig: 'RIG-C', outcome: 'failed', failure: 'unhealthy' })
})
