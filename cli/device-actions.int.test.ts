import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as auth from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
let server: TestServer
let tenant: TestTenant
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  server = await startTestServer({ works: true })
  tenant = await server.addTenant('plant')
  const { secret } = await call(tenant.people.admin, auth.createToken, {
    body: { name: 'script', permissions: ['inventory:read', 'inventory:write'] },
  })
  env = { PATH: process.env.PATH, SUTURE_URL: server.base, SUTURE_TOKEN: secret, SUTURE_CLI_HOME: folder }
  const row = { manufacturer: 'Axis', model: 'P32', type: 'camera', hardwareRevision: 'A', firmware: '1' }
  const devices = ['C-1', 'C-2', 'C-3', 'C-4'].map((serial) => ({ ...row, serial, rig: serial === 'C-4' }))
  await call(tenant.people.operator, contract.importDevices, { body: { devices } })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** Runs `suture` to its end. */
async function suture(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status: child.exitCode, stdout, stderr }
}

const live = async () =>
  (await call(tenant.people.viewer, contract.listDevices, { query: { q: 'state:live' } })).counts?.devices

test('a query is only told what would be done, until the count that was seen is given', async () => {
  const told = {
    status: 0,
    stderr: '',
    stdout:
      'Retire: would be done to 3 devices. Nothing was done.\nLeft as they are:\n  1 device: a rig of the lab\nTo do it, add --expect 3.\n',
  }
  expect(await suture('device', 'retire', '-q', 'model:P32')).toEqual(told)
  expect(await suture('device', 'retire', '-q', 'model:P32', '--expect', '3', '--dry-run')).toEqual(told)
  // What is said of a query is not taken for one device, which would be retired all the same.
  for (const option of [['--dry-run'], ['--expect', '1']])
    expect(await suture('device', 'retire', 'S-1', ...option)).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: expect.stringContaining('go with -q, and nothing was done'),
    })
  expect((await suture('device', 'retire', '-q', 'model:P32', '--expect', '2')).status).not.toBe(0)
  expect((await suture('device', 'retire')).stderr).toMatch(/Name one device, or give a query with -q/)
  expect(await live()).toBe(4)
  expect(await suture('device', 'retire', '-q', 'model:P32', '--expect', '3')).toMatchObject({
    status: 0,
    stdout: 'Retire: 3 devices retired (done).\nLeft as they are:\n  1 device: a rig of the lab\n',
  })
  expect(await live()).toBe(1)
  const [listed] = JSON.parse((await suture('device', 'action', 'list', '-o', 'json')).stdout) as { id: string }[]
  expect(listed).toMatchObject({ kind: 'retire', state: 'done', done: 3, draftedBy: 'script' })
  expect((await suture('device', 'action', 'stop', listed?.id ?? '')).stderr).toMatch(/has come to its end/)
})
