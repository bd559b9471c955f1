import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate, parse } from 'coap-packet'
import { onTestFinished } from 'vitest'
import { type Counterpart, startCounterpart } from './counterpart.ts'
import type { DeviceEntry, Fleet, Protocol } from './fleet.ts'
import { makeImage } from './image.ts'
import { type SimulatorProcess, startSimulator, type TruthLine } from './process.ts'
import type { Identity } from './truth.ts'

/** A device as the tests want it, unless they say otherwise. */
export const entry = (controllerId: string, changes: Partial<DeviceEntry> = {}): DeviceEntry => ({
  controllerId,
  token: '00112233445566778899aabbccddeeff',
  manufacturer: 'Acme',
  model: 'Pump',
  hardwareRevision: 'A',
  bootloader: '1.5',
  firmware: '1.0.0',
  serial: `serial of ${controllerId}`,
  identity: { protocol: 'http', port: 0 },
  behaviour: 'honest',
  ...changes,
})

/** An image of 200,000 bytes for such a device. */
export const image = (changes: Partial<Parameters<typeof makeImage>[0]> = {}): Buffer =>
  makeImage({ manufacturer: 'Acme', model: 'Pump', version: '2.0.0', length: 200_000, seed: 1, ...changes })

/** A fleet before its counterpart. */
export interface Scene {
  readonly server: Counterpart
  readonly simulator: SimulatorProcess
  readonly fleet: Fleet
  /** The kinds of what became true of a device, in order. */
  events(controllerId: string): Promise<readonly string[]>
  facts(controllerId: string): Promise<readonly Exclude<TruthLine, { event: 'end' }>[]>
}

/** Starts a counterpart and a simulator; both end with the test. */
export async function startScene(devices: readonly DeviceEntry[], changes: Partial<Fleet> = {}): Promise<Scene> {
  const server = await startCounterpart()
  onTestFinished(server.close)
  const folder = mkdtempSync(join(tmpdir(), 'suture-truth-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const fleet: Fleet = {
    server: server.url,
    tenant: 'default',
    seed: 1,
    truth: join(folder, 'truth.jsonl'),
    identityHost: '127.0.0.1',
    installSeconds: [0.05, 0.1],
    bootSeconds: [0.05, 0.1],
    devices,
    ...changes,
  }
  const simulator = await startSimulator(fleet)
  onTestFinished(async () => {
    await simulator.stop()
  })
  const facts: Scene['facts'] = async (controllerId) =>
    (await simulator.truth()).flatMap((line) =>
      line.event !== 'end' && line.controllerId === controllerId ? [line] : [],
    )
  return {
    server,
    simulator,
    fleet,
    facts,
    events: async (controllerId) => (await facts(controllerId)).map(({ event }) => event),
  }
}

async function readHttp(port: number): Promise<Identity> {
  const response = await fetch(`http://127.0.0.1:${port}/identity`)
  return (await response.json()) as Identity
}

/** One exchange with whatever speaks CoAP on a port of the loopback. */
export async function exchange(port: number, bytes: Buffer) {
  const socket = createSocket('udp4')
  try {
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.send(bytes)
    const [reply] = (await once(socket, 'message', { signal: AbortSignal.timeout(5000) })) as [Buffer]
    return parse(reply)
  } finally {
    socket.close()
  }
}

async function readCoap(port: number): Promise<Identity> {
  const get = { code: 'GET', confirmable: true, messageId: 7, token: Buffer.from('token') }
  const { payload } = await exchange(
    port,
    generate({ ...get, options: [{ name: 'Uri-Path', value: Buffer.from('identity') }] }),
  )
  return JSON.parse(payload.toString('utf8')) as Identity
}

/** Asks a device who it is; undefined when it does not answer. */
export const readIdentity = (protocol: Protocol, port: number): Promise<Identity | undefined> =>
  (protocol === 'http' ? readHttp : readCoap)(port).catch(() => undefined)
