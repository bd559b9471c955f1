import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, call } from '@suture/contract/client.ts'
import { createSite, importDevices, listBills } from '@suture/contract/inventory.ts'
import { sendSbom } from '@suture/testing/bill-import.ts'
import { blast, children, excess } from '@suture/testing/bombs/blast.ts'
import { bombs } from '@suture/testing/bombs/corpus.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** A guard against a loop that stands still, not a measurement: `npm run bombs` prints what it found. */
const mostWaitMs = 10_000

let server: TestServer
let folder: string
let to: Connection
const query = { manufacturer: 'Maker', model: 'Pump', firmware: '1.0' }
beforeAll(async () => {
  server = await startTestServer({ works: true })
  folder = mkdtempSync(join(tmpdir(), 'suture-bombs-'))
  to = (await server.addTenant('plant')).people.operator
  await call(to, createSite, { body: { name: 'Works' } })
  const device = { ...query, serial: '1', type: 'plc', hardwareRevision: 'A', site: 'Works' }
  await call(to, importDevices, { body: { devices: [device] } })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const poll = async () => {
  const headers = { authorization: 'TargetToken nobody-knows-this-secret' }
  const { status } = await fetch(`${server.base}/plant/controller/v1/somebody`, { headers })
  if (status !== 401) throw new Error(`A poll was answered with ${status}`)
}

describe('whoever reads untrusted bytes says no within its time, memory and disk, and polls are answered meanwhile, given', () => {
  test.each(bombs(false).filter(({ lean }) => lean))('$name ($to)', async (bomb) => {
    const was = await blast(bomb, folder, poll)
    expect(excess(bomb, was, mostWaitMs)).toEqual([])
    expect(readdirSync(folder).filter((name) => name !== 'artifact')).toEqual([])
    expect(children()).toEqual([])
  })
})

test('an SBOM that is a bomb is taken, and its import ends refused for the reason that its reader had', async () => {
  const sent = bombs(false)
    .filter(({ to: reader, lean, end }) => reader === 'sbom' && lean && end !== 'read')
    .map(({ name, end, bytes }) => ({ name, end, bytes: new Uint8Array(bytes()) }))
    .filter(({ bytes }) => bytes.length > 0)
  const before = await call(to, listBills, {})
  const ended = sent.map(async ({ name, bytes }) => {
    const { state, refusal } = await sendSbom(to, { query, bytes })
    return { name, state, code: refusal?.code }
  })
  await poll()
  expect(await Promise.all(ended)).toEqual(
    sent.map(({ name, end }) => ({ name, state: 'refused', code: `input/${end}` })),
  )
  expect(sent.length).toBeGreaterThan(5)
  await poll()
  expect(await call(to, listBills, {})).toEqual(before)
  expect(children()).toEqual([])
})

test('a reader that is killed while it reads an upload is a refusal of that upload, and the next one is read', async () => {
  const documentOf = (components: number) => {
    const listed = Array.from({ length: components }, (_, at) => ({ type: 'library', name: `c${at}`, version: '1' }))
    return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: listed }))
  }
  const upload = (components: number) => sendSbom(to, { query, bytes: documentOf(components) })
  const first = upload(40_000)
  await expect.poll(() => children().length, { interval: 1 }).toBe(1)
  for (const pid of children()) process.kill(pid, 'SIGKILL')
  expect(await first).toMatchObject({ state: 'refused', refusal: { code: 'input/unreadable' } })
  await poll()
  expect(await upload(3)).toMatchObject({ state: 'done', components: 4 })
})
