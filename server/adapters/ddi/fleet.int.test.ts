import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { call } from '@suture/contract/client.ts'
import { importDevices } from '@suture/contract/inventory.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { product, versions } from '@suture/testing/published-release.ts'
import { RolloutScene, signerFor } from '@suture/testing/rollout-scene.ts'
import type { Behaviour, DeviceEntry } from '@suture/testing/simulator/fleet.ts'
import { startSimulator } from '@suture/testing/simulator/process.ts'
import { startTestServer } from '@suture/testing/world.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Revision by revision, so that what becomes of each is certain: see the image of the scene for B and C. */
const kinds: readonly { revision: string; count: number; behaviour: Behaviour; bootloader: string }[] = [
  { revision: 'A', count: 8, behaviour: 'honest', bootloader: '1.4' },
  { revision: 'A', count: 2, behaviour: 'slow', bootloader: '1.4' },
  { revision: 'A', count: 2, behaviour: 'interrupted', bootloader: '1.4' },
  { revision: 'B', count: 4, behaviour: 'honest', bootloader: '1.4' },
  { revision: 'C', count: 4, behaviour: 'honest', bootloader: '1.3' },
  { revision: 'L', count: 4, behaviour: 'lying', bootloader: '1.4' },
  { revision: 'S', count: 4, behaviour: 'silent', bootloader: '1.4' },
]

const fleet = (): DeviceEntry[] =>
  kinds.flatMap(({ revision, count, behaviour, bootloader }) =>
    Array.from({ length: count }, (_, at): DeviceEntry => {
      const serial = `fleet-${revision}-${behaviour}-${at}`
      const identity = { protocol: at % 2 === 0 ? ('http' as const) : ('coap' as const), port: 0 }
      const runs = { hardwareRevision: revision, bootloader, firmware: versions.before }
      return {
        controllerId: serial,
        token: randomBytes(16).toString('hex'),
        ...product,
        ...runs,
        serial,
        identity,
        behaviour,
      }
    }),
  )

test('a simulated fleet with liars, bricks and silence ends as it really is, and only the sound revision goes on', async () => {
  const clock = new MovedClock()
  const server = await startTestServer({ clock })
  onTestFinished(() => server.stop())
  const signer = await signerFor(server)
  onTestFinished(async () => void (await signer.end('SIGTERM')))
  const scene = await RolloutScene.make(server, clock, 'fleet', { Z: 1 })
  onTestFinished(() => scene.end())
  const devices = fleet()
  const simulator = await startSimulator({
    ...{
      server: server.base,
      tenant: 'fleet',
      seed: 7,
      truth: join(server.home, 'truth.jsonl'),
      identityHost: '127.0.0.1',
      devices,
    },
    installSeconds: [0.2, 0.5],
    bootSeconds: [0.1, 0.3],
  })
  onTestFinished(async () => void (await simulator.stop()))
  const rows = devices.map(({ identity, behaviour: _, token, ...device }) => ({
    ...device,
    ...(token === null ? {} : { token }),
    type: 'door lock',
    site: 'Works',
    identity: {
      protocol: identity.protocol,
      host: '127.0.0.1',
      port: simulator.ports.get(device.controllerId) ?? 0,
      path: '/identity',
    },
  }))
  await call(scene.people.operator, importDevices, { body: { devices: rows } })

  const uids = await scene.sql<{ uid: string }>(
    `select uid from inventory_device where serial like 'fleet-_-%-_' and hardware_revision <> 'Z'`,
  )
  const { id } = await scene.started({
    audience: { devices: uids.map(({ uid }) => uid) },
    waves: [
      { pick: 'stratified', perStratum: 2, soakSeconds: 1, minimumSample: 10 },
      { pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 },
    ],
    limits: {
      silenceSeconds: 8,
      maxFailurePercent: 50,
      perRevision: { maxFailurePercent: 50, minimumSample: 2, beyond: 'quarantine' },
    },
  })
  const patience = Date.now() + 110_000
  while ((await scene.get(id)).state === 'running' && Date.now() < patience) {
    await scene.tick()
    await scene.verify()
    await after(100)
    // Told by the turns and not by the time, so that a machine on which everything is slow makes nobody silent.
    clock.pass(0.1)
  }

  const ended = await scene.get(id)
  expect(ended).toMatchObject({ state: 'finished', why: { code: 'all-ended' } })
  expect(ended.quarantined.map(({ hardwareRevision }) => hardwareRevision).toSorted()).toEqual(['B', 'C', 'L', 'S'])
  const truth = await simulator.truth()
  const really = (event: string) =>
    new Set(truth.flatMap((line) => (line.event === event && 'controllerId' in line ? [line.controllerId] : [])))
  const states = await scene.jobs(id)
  const inState = (state: string) =>
    new Set(states.filter((each) => each.state === state).map(({ deviceName }) => deviceName))
  expect(inState('verified')).toEqual(really('installed'))
  expect(inState('rolled-back')).toEqual(really('rolled-back'))
  expect(inState('silent')).toEqual(really('bricked').union(really('silent')))
  expect([...inState('disputed')].every((name) => name.includes('lying'))).toBe(true)
  const count = (state: string) => states.filter((each) => each.state === state).length
  expect(['verified', 'disputed', 'rolled-back', 'silent'].map(count)).toEqual([12, 2, 2, 4])
  expect(states).toHaveLength(20)
}, 120_000)
