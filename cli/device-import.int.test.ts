import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as auth from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
let server: TestServer
let tenant: TestTenant
let to: Connection
let env: NodeJS.ProcessEnv
let serial = 0

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  tenant = await server.addTenant(`plant${serial++}`)
  to = tenant.people.operator
  const { secret } = await call(tenant.people.admin, auth.createToken, {
    body: { name: 'script', permissions: ['inventory:read', 'inventory:write'] },
  })
  env = { PATH: process.env.PATH, SUTURE_URL: server.base, SUTURE_TOKEN: secret, SUTURE_CLI_HOME: folder }
})

/** Runs `suture` to its end. */
async function suture(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status: child.exitCode, stdout, stderr }
}

const file = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const serials = async () =>
  (await call(to, contract.listDevices, { query: { limit: 500 } })).items.map((each) => each.serial)

const head = 'serial,manufacturer,model,type,hardwareRevision,firmware,site,identity_url,rig'
const good = `${head}\nS-1,Maker,"Pump, large",plc,A,6.2.5,Works,coap://127.0.0.1/identity,\nS-2,Maker,Valve,plc,B,1.0,,,true\n`

test('a CSV file is tried, imported and found unchanged', async () => {
  expect(await suture('site', 'create', 'Works', '--probe-network', '127.0.0.0/8')).toMatchObject({ status: 0 })
  const path = file('good.csv', `\ufeff${good}`)
  const tried = await suture('device', 'import', path, '--dry-run')
  expect(tried).toEqual({
    status: 0,
    stdout: '2 devices would be created, 0 changed, 0 are as they are listed.\n',
    stderr: '',
  })
  expect(await serials()).toEqual([])
  expect((await suture('device', 'import', path)).stdout).toBe(
    '2 devices created, 0 changed, 0 were as they are listed.\n',
  )
  expect(JSON.parse((await suture('device', 'import', path, '-o', 'json')).stdout)).toEqual({
    ...{ dryRun: false, created: 0, changed: 0, unchanged: 2 },
  })
  const listed = JSON.parse((await suture('device', 'list', '-o', 'json')).stdout)
  expect(listed).toMatchObject([
    { serial: 'S-1', model: 'Pump, large', site: 'Works', rig: false },
    { serial: 'S-2', rig: true },
  ])
  const shown = await suture('device', 'show', 'S-1')
  expect(shown.stdout).toContain('coap://127.0.0.1:5683/identity\n')
  expect(shown.stdout).toMatch(/firmware +6\.2\.5 +import +claimed/)
})

test('a JSON file is imported as a CSV file is', async () => {
  const row = { serial: 'S-1', manufacturer: 'M', model: 'N', type: 'plc', hardwareRevision: 'A', firmware: '1' }
  const path = file('fleet.json', JSON.stringify({ devices: [row, { ...row, serial: 'S-2' }] }))
  expect(await suture('device', 'import', path)).toMatchObject({ status: 0, stderr: '' })
  expect(await serials()).toEqual(['S-1', 'S-2'])
})

test.each([
  ['a quote that is never closed', `${head}\nS-1,"M,N,plc,A,1,,,\n`, /line 2.*close the quotation mark/],
  ['a line that is too short', `${head}\nS-1,M,N,plc,A,1,,,\nS-2,M\n`, /line 3.*give each line as many fields/],
  ['a heading that is no field', 'serial,colour\nS-1,red\n', /line 1, column 2: there is no field colour/],
  ['a heading that stands there twice', `serial,${head}\n`, /line 1, column 2: the heading serial stands there twice/],
  ['a serial that stands there twice', `${good}S-1,M,N,plc,A,1,,,\n`, /line 4, serial: line 2 has S-1 too/],
  ['a cell that is missing', `${head}\n,M,N,plc,A,1,,,\n`, /line 2, serial: /],
  [
    'an address that is a name',
    `${head}\nS-1,M,N,plc,A,1,,http://pump.example/identity,\n`,
    /line 2, identity\.host: an address in figures/,
  ],
  ['no device', `${head}\n`, /it lists no device/],
])('a file with %s is refused with the place and the way out', async (_what, content, says) => {
  const before = await fingerprint(server)
  const answer = await suture('device', 'import', file('bad.csv', content))
  expect(answer).toMatchObject({ status: 2, stdout: '' })
  expect(answer.stderr).toMatch(says)
  expect(changesBetween(before, await fingerprint(server))).toEqual([])
})

test('a file in another encoding is refused, because its serials would become others', async () => {
  const path = file('latin.csv', '')
  writeFileSync(path, Buffer.from(`${head}\nM\u00fcller,M,N,plc,A,1,,,\n`, 'latin1'))
  const answer = await suture('device', 'import', path)
  expect(answer).toMatchObject({ status: 2, stdout: '' })
  expect(answer.stderr).toContain('it is not UTF-8; in Excel, save it as “CSV UTF-8”')
  expect(await serials()).toEqual([])
})

test('a fault in the last of thousands of rows leaves everything as it was', async () => {
  const rows = Array.from({ length: 4_500 }, (_, n) => `S-${n},M,N,plc,A,1,,,`)
  const before = await fingerprint(server)
  const answer = await suture(
    'device',
    'import',
    file('late.csv', `${head}\n${rows.join('\n')}\nlast,M,N,plc,A,1,Nowhere,,\n`),
  )
  expect(answer).toMatchObject({ status: 3, stdout: '' })
  expect(answer.stderr).toMatch(/line 4502, site: there is no site Nowhere/)
  expect(changesBetween(before, await fingerprint(server))).toEqual([])
  expect((await suture('device', 'import', file('many.csv', `${head}\n${rows.join('\n')}\n`))).stdout).toMatch(
    /^4500 devices created/,
  )
})

test('an import that is interrupted says how much is in, and the same command brings in the rest', async () => {
  const rows = Array.from({ length: 4_500 }, (_, n) => `S-${n},M,N,plc,A,1,,,`)
  const path = file('long.csv', `${head}\n${rows.join('\n')}\n`)
  const child = spawn(process.execPath, [program, 'device', 'import', path], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const count = async () => (await call(to, contract.listDevices, { query: { limit: 1 } })).counts?.devices
  await expect.poll(count, { interval: 5 }).toBeGreaterThan(0)
  child.kill('SIGINT')
  const [stdout, stderr] = await end
  const [, done = ''] =
    /^(\d+) of 4500 rows are in.*\. Import the file again: what is in is left as it is\.\n$/.exec(stderr) ?? []
  expect([stdout, child.exitCode, Number(done) % 2_000]).toEqual(['', 130, 0])
  expect(await count()).toBeLessThan(4_500)
  const again = await suture('device', 'import', path, '-o', 'json')
  // What was on its way when the command was left comes in as well.
  const { created, unchanged } = JSON.parse(again.stdout)
  expect([created + unchanged, created % 2_000, unchanged >= Number(done)]).toEqual([4_500, 500, true])
  expect(await count()).toBe(4_500)
})

test('an import whose server goes away says how much is in', async () => {
  const rows = Array.from({ length: 2_001 }, (_, n) => `S-${n},M,N,plc,A,1,,,`)
  let left = 3
  const door = createServer(async (request, response) => {
    if (left-- === 0) return void request.socket.destroy()
    const { authorization, 'content-type': type } = request.headers
    const answer = await fetch(new URL(request.url ?? '', server.base), {
      ...{ method: request.method ?? '', headers: { authorization: authorization ?? '', 'content-type': type ?? '' } },
      ...(request.method === 'GET' ? {} : { body: await text(request) }),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  }).listen(0, '127.0.0.1')
  await once(door, 'listening')
  env = { ...env, SUTURE_URL: `http://127.0.0.1:${(door.address() as AddressInfo).port}` }
  const answer = await suture('device', 'import', file('cut.csv', `${head}\n${rows.join('\n')}\n`))
  door.close()
  expect(answer).toMatchObject({ status: 5, stdout: '' })
  expect(answer.stderr).toContain('2000 of 2001 rows are in, and those up to 2001 perhaps. Import the file again')
})

test('devices are found by a query, and what is wrong with one is shown under it before anything is asked', async () => {
  const path = file('fleet.csv', good.replace('Works', ''))
  expect((await suture('device', 'import', path)).status).toBe(0)
  const found = await suture('device', 'list', '-q', 'serial==S-1,serial==S-9', '-o', 'json')
  expect(JSON.parse(found.stdout)).toMatchObject([{ serial: 'S-1' }])
  expect((await suture('device', 'list', '-q', 'serial:S-*', '--count')).stdout).toBe('2\n')
  expect(await suture('device', 'list', '-q', 'rig:no seriel:S-1')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      'There is no field `seriel`.\n  rig:no seriel:S-1\n         ^^^^^^\nDid you mean: rig:no serial:S-1\n',
    ),
  })
})

test('a query is kept under a name, used by it, and removed', async () => {
  expect((await suture('device', 'import', file('fleet.csv', good.replace('Works', '')))).status).toBe(0)
  expect((await suture('device', 'view', 'keep', 'first', 'serial:S-1')).stdout).toBe('@first stands for serial:S-1\n')
  expect((await suture('device', 'list', '-q', '-@first', '--count')).stdout).toBe('1\n')
  expect(JSON.parse((await suture('device', 'view', 'list', '-o', 'json')).stdout)).toMatchObject([
    { name: 'first', q: 'serial:S-1' },
  ])
  expect((await suture('device', 'view', 'remove', '@first')).status).toBe(0)
  expect(await suture('device', 'list', '-q', '@first')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('problem: There is no view @first'),
  })
})

test('a gateway and a device’s end are made and shown on the command line', async () => {
  expect((await suture('device', 'import', file('fleet.csv', good.replace('Works', '')))).status).toBe(0)
  expect((await suture('model', 'list')).stdout).toMatch(/Maker +Valve +plc +1\b/)
  expect((await suture('gateway', 'create', 'Hall 3')).stdout).toMatch(/\n {2}[0-9a-f]{64}\n$/)
  const [{ id }] = JSON.parse((await suture('gateway', 'list', '-o', 'json')).stdout)
  expect((await suture('gateway', 'revoke', id)).stdout).toBe('Hall 3 no longer works.\n')
  expect((await suture('device', 'retire', 'S-2')).stdout).toBe('S-2 is retired.\n')
  expect(await suture('device', 'show', 'S-9')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('There is no device S-9'),
  })
})

test('a site is renamed, and closed to requests again', async () => {
  await suture('site', 'create', 'Works', '--probe-network', '10.0.0.0/8', '192.168.7.0/24')
  expect((await suture('site', 'change', 'Works', '--name', 'Hall')).stdout).toContain('at 10.0.0.0/8, 192.168.7.0/24')
  expect((await suture('site', 'change', 'Hall', '--no-probe')).stdout).toBe(
    'Suture sends nothing to Hall by itself.\n',
  )
  const refused = await suture('site', 'create', 'Yard', '--probe-network', '0.0.0.0/0')
  expect(refused).toMatchObject({ status: 3 })
  expect(refused.stderr).toContain('/probeNetworks/0: 0.0.0.0/0 is no network of devices')
})
