import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, call } from '@suture/contract/client.ts'
import { createSite, importBill, importDevices } from '@suture/contract/inventory.ts'
import { blast, children, excess } from '@suture/testing/bombs/blast.ts'
import { bombs } from '@suture/testing/bombs/corpus.ts'
import { outcome, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** A guard against a loop that stands still, not a measurement: `npm run bombs` prints what it found. */
const mostWaitMs = 10_000

let server: TestServer
let folder: string
let to: Connection
const query = { manufacturer: 'Maker', model: 'Pump', firmware: '1.0' }
beforeAll(async () => {
  server = await startTestServer()
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

test('a reader that is killed while it reads an upload is a refusal of that upload, and the next one is read', async () => {
  const documentOf = (components: number) => {
    const listed = Array.from({ length: components }, (_, at) => ({ type: 'library', name: `c${at}`, version: '1' }))
    return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: listed }))
  }
  const upload = (components: number) => outcome(to, importBill, { query, bytes: documentOf(components) })
  const first = upload(40_000)
  await expect.poll(() => children().length, { interval: 1 }).toBe(1)
  for (const pid of children()) process.kill(pid, 'SIGKILL')
  expect(await first).toMatchObject({ code: 'input/unreadable' })
  await poll()
  expect(await upload(3)).toMatchObject({ reply: { components: 4 } })
})
