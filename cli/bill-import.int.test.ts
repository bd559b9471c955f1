import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as auth from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { endOfImport } from '@suture/testing/bill-import.ts'
import { deviceOf, firmware, holdStoring, sbomOf } from '@suture/testing/large-sbom.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
const named = ['--model', firmware.model, '--firmware', firmware.firmware]
let server: TestServer
let tenant: TestTenant
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  server = await startTestServer({ works: true })
  tenant = await server.addTenant('plant')
  await call(tenant.people.operator, contract.importDevices, { body: { devices: [deviceOf('S')] } })
  const body = { name: 'script', permissions: ['inventory:read', 'inventory:write'] as const }
  const { secret } = await call(tenant.people.admin, auth.createToken, {
    body: { ...body, permissions: [...body.permissions] },
  })
  env = { PATH: process.env.PATH, SUTURE_URL: server.base, SUTURE_TOKEN: secret, SUTURE_CLI_HOME: folder }
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const start = (...args: string[]) =>
  spawn(process.execPath, [program, 'bill', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
async function ended(child: ChildProcess) {
  const { stdout, stderr } = child as ReturnType<typeof start>
  const [said, complained] = await Promise.all([text(stdout), text(stderr), once(child, 'exit')])
  return { status: child.exitCode, stdout: said, stderr: complained }
}
const suture = (...args: string[]) => ended(start(...args))

/** An SBOM of so many components, in a file. */
function sbom(name: string, components: number): string {
  const path = join(folder, name)
  writeFileSync(path, sbomOf(components))
  return path
}

test('an SBOM is sent and waited for, listed and shown, and as JSON where a program asks', async () => {
  const path = sbom('one.json', 1)
  const sent = await suture('import', path, ...named)
  expect(sent).toMatchObject({ status: 0, stderr: '' })
  expect(sent.stdout).toMatch(/^Pump 1 has 2 components; 1 devices got another bill\.\n[0-9a-f]{64}\n$/)
  const bills = JSON.parse((await suture('list', '-o', 'json')).stdout)
  expect(bills).toMatchObject(expect.arrayContaining([expect.objectContaining({ components: 2, devices: 1 })]))
  expect((await suture('show', bills[0].id)).stdout).toMatch(/c0 +1\b/)
  const again = JSON.parse((await suture('import', path, ...named, '-o', 'json')).stdout)
  expect(again).toMatchObject({ state: 'done', components: 2, stored: 2, devices: 0, startedBy: 'script' })
  expect((await suture('imports')).stdout).toMatch(/Maker Pump +1 +done +2 of 2 +[0-9a-f-]{36}\n/)
  expect(JSON.parse((await suture('imports', '-o', 'json')).stdout)).toHaveLength(2)
  const shown = await suture('imported', again.id)
  expect(shown.stdout).toBe(`Pump 1 has 2 components; 0 devices got another bill.\n${again.bill}\n`)
  expect((await suture('imported', 'nonsense')).stderr).toBe(
    'nonsense is no id of an import of a bill. `suture bill imports` shows them.\n',
  )
})

test('without waiting the id is the last line, and leads to what became of it', async () => {
  const { status, stdout } = await suture('import', sbom('two.json', 2), ...named, '--no-wait')
  const id = stdout.trimEnd().split('\n').at(-1) ?? ''
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `The server reads it. \`suture bill imported ${id}\` shows how far it is.\n${id}\n`,
  })
  expect(await endOfImport(tenant.people.operator, id)).toMatchObject({ state: 'done', components: 3 })
})

test('a document that is no SBOM ends with the refusal’s words and status, and so does a look at it later', async () => {
  const path = join(folder, 'broken.json')
  writeFileSync(path, '{"bomFormat":"CycloneDX"')
  const sent = await suture('import', path, ...named)
  expect(sent).toMatchObject({ status: 3, stdout: '' })
  expect(sent.stderr).toMatch(/^The document or file does not have the form .* \(input\/unreadable\)\n {2}.*JSON.*\n$/)
  const [{ id }] = JSON.parse((await suture('imports', '-o', 'json')).stdout)
  expect(await suture('imported', id)).toEqual(sent)
  const asked = await suture('imported', id, '-o', 'json')
  expect([asked.status, JSON.parse(asked.stdout).refusal.code]).toEqual([3, 'input/unreadable'])
})

test('whoever stops waiting is told that the server goes on, and it does', async () => {
  const release = await holdStoring(server.database.urls.superuser, tenant.id, 6_000)
  const looks = async () => {
    const metrics = await (await fetch(`${server.base}/metrics`)).text()
    return Number(/duration_seconds_count\{operation="getBillImport",status="200"\} (\d+)/.exec(metrics)?.[1] ?? 0)
  }
  const before = await looks()
  const child = start('import', sbom('many.json', 6_000), ...named)
  const end = ended(child)
  // It has asked how far the server is: from then on it is waiting, and there is no end to wait for yet.
  await expect.poll(looks, { timeout: 60_000 }).toBeGreaterThan(before)
  child.kill('SIGINT')
  const [{ id = '' } = {}] = (await call(tenant.people.operator, contract.listBillImports, { query: { limit: 1 } }))
    .items
  expect(await end).toMatchObject({
    status: 130,
    stdout: '',
    stderr: `The server goes on with it. \`suture bill imported ${id}\` shows how far it is.\n`,
  })
  await release()
  expect(await endOfImport(tenant.people.operator, id)).toMatchObject({ state: 'done', components: 6_001 })
})
