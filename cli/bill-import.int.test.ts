import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as auth from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { endOfImport } from '@suture/testing/bill-import.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
const named = ['--model', 'Valve', '--firmware', '1.0']
let server: TestServer
let tenant: TestTenant
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  server = await startTestServer({ works: true })
  tenant = await server.addTenant('plant')
  const device = {
    serial: 'S',
    manufacturer: 'Maker',
    model: 'Valve',
    type: 'plc',
    hardwareRevision: 'A',
    firmware: '1.0',
  }
  await call(tenant.people.operator, contract.importDevices, { body: { devices: [device] } })
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
  const listed = Array.from({ length: components }, (_, at) => ({ type: 'library', name: `c${at}`, version: '1' }))
  writeFileSync(path, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: listed }))
  return path
}

test('an SBOM is sent and waited for, listed and shown, and as JSON where a program asks', async () => {
  const path = sbom('one.json', 1)
  const sent = await suture('import', path, ...named)
  expect(sent).toMatchObject({ status: 0, stderr: '' })
  expect(sent.stdout).toMatch(/^Valve 1\.0 has 2 components; 1 devices got another bill\.\n[0-9a-f]{64}\n$/)
  const bills = JSON.parse((await suture('list', '-o', 'json')).stdout)
  expect(bills).toMatchObject(expect.arrayContaining([expect.objectContaining({ components: 2, devices: 1 })]))
  expect((await suture('show', bills[0].id)).stdout).toMatch(/c0 +1\b/)
  const again = JSON.parse((await suture('import', path, ...named, '-o', 'json')).stdout)
  expect(again).toMatchObject({ state: 'done', components: 2, stored: 2, devices: 0, startedBy: 'script' })
  expect((await suture('imports')).stdout).toMatch(/Maker Valve +1\.0 +done +2 of 2 +[0-9a-f-]{36}\n/)
  expect(JSON.parse((await suture('imports', '-o', 'json')).stdout)).toHaveLength(2)
  const shown = await suture('imported', again.id)
  expect(shown.stdout).toBe(`Valve 1.0 has 2 components; 0 devices got another bill.\n${again.bill}\n`)
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
  const child = start('import', sbom('many.json', 30_000), ...named)
  const newest = async () =>
    (await call(tenant.people.operator, contract.listBillImports, { query: { limit: 1 } })).items[0]
  await expect.poll(async () => (await newest())?.bytes, { interval: 5, timeout: 30_000 }).toBeGreaterThan(1_000_000)
  const { id = '' } = (await newest()) ?? {}
  const end = ended(child)
  // It listens for the signal once it has the answer; until then a signal just ends it.
  while (child.exitCode === null && child.signalCode === null && !readyToBeStopped(child))
    await new Promise(setImmediate)
  child.kill('SIGINT')
  expect(await end).toMatchObject({
    status: 130,
    stdout: '',
    stderr: `The server goes on with it. \`suture bill imported ${id}\` shows how far it is.\n`,
  })
  expect(await endOfImport(tenant.people.operator, id)).toMatchObject({ state: 'done', components: 30_001 })
})

/** Whether a process catches SIGINT by now (proc(5), SigCgt). */
function readyToBeStopped({ pid }: ChildProcess): boolean {
  const caught = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${caught}`) & 2n) !== 0n
}
