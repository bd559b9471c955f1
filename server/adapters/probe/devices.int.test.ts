import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '@suture/testing/simulator/process.ts'
import { entry } from '@suture/testing/simulator/scene.ts'
import { expect, onTestFinished, test } from 'vitest'
import { coapObserver } from './coap.ts'
import { httpObserver } from './http.ts'

const observers = { http: httpObserver, coap: coapObserver }

async function startFleet(protocol: 'http' | 'coap', devices: number) {
  const folder = mkdtempSync(join(tmpdir(), 'suture-probe-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const simulator = await startSimulator({
    // Nobody is there: what is observed needs no server.
    server: 'http://127.0.0.1:9',
    tenant: 'default',
    seed: 1,
    truth: join(folder, 'truth.jsonl'),
    identityHost: '127.0.0.1',
    installSeconds: [1, 1],
    bootSeconds: [1, 1],
    devices: Array.from({ length: devices }, (_, at) => entry(`pump-${at}`, { identity: { protocol, port: 0 } })),
  })
  onTestFinished(async () => {
    await simulator.stop()
  })
  return simulator
}

test.each(['http', 'coap'] as const)('twenty devices are observed over %s at once', async (protocol) => {
  const simulator = await startFleet(protocol, 20)
  const { signal } = new AbortController()
  const seen = await Promise.all(
    [...simulator.ports.values()].map((port) =>
      observers[protocol].read({ host: '127.0.0.1', port, path: '/identity' }, signal),
    ),
  )
  expect(seen).toEqual(
    Array.from({ length: 20 }, (_, at) => ({
      answered: true,
      identity: {
        manufacturer: 'Acme',
        model: 'Pump',
        serial: `serial of pump-${at}`,
        hardwareRevision: 'A',
        bootloader: '1.5',
        firmware: '1.0.0',
      },
    })),
  )
  expect((await simulator.truth()).filter(({ event }) => event === 'observed')).toHaveLength(20)
})

test.each(['http', 'coap'] as const)(
  'a device that speaks another protocol than %s is told apart from one that is gone',
  async (protocol) => {
    const simulator = await startFleet(protocol === 'http' ? 'coap' : 'http', 1)
    const target = { host: '127.0.0.1', port: simulator.ports.get('pump-0') ?? 0, path: '/identity' }
    const { signal } = new AbortController()
    expect(await observers[protocol].read(target, signal)).toMatchObject({ answered: false, why: 'refused' })
    expect(await observers[protocol === 'http' ? 'coap' : 'http'].read(target, signal)).toMatchObject({
      answered: true,
    })
    await simulator.stop()
    expect(await observers[protocol === 'http' ? 'coap' : 'http'].read(target, signal)).toMatchObject({
      answered: false,
      why: 'refused',
    })
  },
)
