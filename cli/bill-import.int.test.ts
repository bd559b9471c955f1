import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as auth from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { endOfImport } from '@suture/testing/bill-import.ts'
import { query } from '@suture/testing/database.ts'
import { deviceOf, firmware, holdStoring, sbomOf } from '@suture/testing/large-sbom.ts'
import { hasTerminal, startInTerminal } from '@suture/testing/terminal.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ask } from './connection.ts'
import { sendFile } from './upload.ts'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
const named = ['--model', firmware.model, '--firmware', firmware.firmware]
let server: TestServer
let tenant: TestTenant
let env: NodeJS.ProcessEnv

/** A tenant with a device of the firmware, and what a script needs to send its SBOM. */
async function plantOf(name: string) {
  const added = await server.addTenant(name)
  await call(added.people.operator, contract.importDevices, { body: { devices: [deviceOf('S')] } })
  const { secret } = await call(added.people.admin, auth.createToken, {
    body: { name: 'script', permissions: ['inventory:read', 'inventory:write'] },
  })
  const given = { PATH: process.env.PATH, SUTURE_URL: server.base, SUTURE_TOKEN: secret, SUTURE_CLI_HOME: folder }
  return { tenant: added, env: given }
}

beforeAll(async () => {
  server = await startTestServer({ works: true })
  ;({ tenant, env } = await plantOf('plant'))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const startAt = (base: string, ...args: string[]) =>
  spawn(process.execPath, [program, 'bill', ...args], {
    env: { ...env, SUTURE_URL: base },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
const start = (...args: string[]) => startAt(server.base, ...args)
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
  expect(sent.stdout).toMatch(
    /^Pump 1 has 2 components, the firmware itself included; 1 device got another bill\.\n[0-9a-f]{64}\n$/,
  )
  const bills = JSON.parse((await suture('list', '-o', 'json')).stdout)
  expect(bills).toMatchObject(expect.arrayContaining([expect.objectContaining({ components: 2, devices: 1 })]))
  expect((await suture('show', bills[0].id)).stdout).toMatch(/c0 +1\b/)
  const again = JSON.parse((await suture('import', path, ...named, '-o', 'json')).stdout)
  expect(again).toMatchObject({ state: 'done', components: 2, stored: 2, devices: 0, startedBy: 'script' })
  expect((await suture('imports')).stdout).toMatch(/Maker Pump +1 +done +2 of 2 +[0-9a-f-]{36}\n/)
  expect(JSON.parse((await suture('imports', '-o', 'json')).stdout)).toHaveLength(2)
  const shown = await suture('imported', again.id)
  expect(shown.stdout).toBe(
    `Pump 1 has 2 components, the firmware itself included; no device got another bill: none runs this version, or they have it already.\n${again.bill}\n`,
  )
  await query(server.database.urls.superuser, 'update inventory_bill_import set overtaken = true where id = $1', [
    again.id,
  ])
  expect((await suture('imported', again.id)).stdout).toBe(
    `Pump 1 has 2 components, the firmware itself included; no device got this bill: an SBOM of this version that was sent later is its bill already.\n${again.bill}\n`,
  )
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

test.each([
  ['shrinks', (path: string) => truncateSync(path, 10)],
  ['grows', (path: string) => appendFileSync(path, 'more')],
])('a file that %s while it is sent is blamed itself, and not the server', async (_how, change) => {
  const path = sbom('changing.json', 5)
  const sent = sendFile(path, (bytes) => {
    change(path)
    return ask(tenant.people.operator, contract.importBill, { query: firmware, bytes })
  })
  await expect(sent).rejects.toThrow(`${path} was changed while it was sent: send it again.`)
})

/** A proxy in front of the server that passes on what `answers` does not answer itself; tells where it is. */
async function proxy(answers: (asked: IncomingMessage, answer: ServerResponse) => boolean): Promise<string> {
  const made = createServer((asked, answer) => {
    if (answers(asked, answer)) return void asked.resume()
    const { method = '', headers, url = '' } = asked
    const passed = request(new URL(url, server.base), { method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 0, got.headers)
      got.pipe(answer)
    })
    asked.pipe(passed)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void made.close())
  await once(made, 'listening')
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`
}
const isLook = ({ method, url = '' }: IncomingMessage) => method === 'GET' && /\/bill-imports\/./.test(url)

test('a proxy without its server, an answer cut short and a plea for patience are waited out', async () => {
  const wait = { title: 'No', type: 'x', status: 429, remedy: 'Wait', code: 'http/too-many-requests', incident: 'i' }
  const page = { 'content-type': 'text/html' }
  const answers: ((answer: ServerResponse) => void)[] = [
    (answer) => answer.writeHead(502, page).end('<html><h1>502 Bad Gateway</h1></html>'),
    (answer) => answer.writeHead(200, { 'content-length': '1000' }).write('{"id":', () => answer.destroy()),
    (answer) => answer.writeHead(429, { 'retry-after': '3' }).end(JSON.stringify(wait)),
  ]
  const looks: number[] = []
  const base = await proxy((asked, answer) => {
    const own = isLook(asked) ? answers[looks.push(performance.now()) - 1] : undefined
    own?.(answer)
    return own !== undefined
  })
  expect(await ended(startAt(base, 'import', sbom('three.json', 3), ...named))).toMatchObject({ status: 0, stderr: '' })
  const [pled = 0, heard = 0] = looks.slice(answers.length - 1)
  expect(heard - pled).toBeGreaterThan(2_990)
})

test.each([
  ['by a proxy', 3, (_asked: IncomingMessage, answer: ServerResponse) => Boolean(answer.writeHead(403).end('<html>'))],
  [
    'as somebody who is not signed in',
    4,
    ({ headers }: IncomingMessage) => {
      delete headers.authorization
      return false
    },
  ],
])('whoever is sent away %s before the end is told how to look at it', async (_by, status, answers) => {
  const base = await proxy((asked, answer) => isLook(asked) && answers(asked, answer))
  const end = await ended(startAt(base, 'import', sbom('four.json', 4), ...named))
  const [{ id = '' } = {}] = (await call(tenant.people.operator, contract.listBillImports, { query: { limit: 1 } }))
    .items
  const told = `The server goes on with it. \`suture bill imported ${id}\` shows how far it is.\n`
  expect(end).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(told) })
  expect(end.stderr).not.toMatch(/^ +at /m)
  expect(await endOfImport(tenant.people.operator, id)).toMatchObject({ state: 'done', components: 5 })
})

test.skipIf(!hasTerminal())(
  'whoever presses Ctrl-C while a terminal shows how far it is, is told the same',
  async () => {
    const plant = await plantOf('watched')
    onTestFinished(await holdStoring(server.database.urls.superuser, plant.tenant.id, 6_000))
    const terminal = startInTerminal([program, 'bill', 'import', sbom('seen.json', 6_000), ...named], plant.env)
    await expect.poll(terminal.screen).toContain('Storing')
    terminal.type('\x03')
    const { items } = await call(plant.tenant.people.operator, contract.listBillImports, { query: { limit: 1 } })
    expect(await terminal.ended).toBe(130)
    expect(terminal.screen()).toContain(
      `\nThe server goes on with it. \`suture bill imported ${items[0]?.id}\` shows how far it is.\r\n`,
    )
  },
)

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

test('the list of what was sent is all of it, however much that is', async () => {
  const { superuser } = server.database.urls
  await query(
    superuser,
    `insert into inventory_bill_import
     select filled.*
     from inventory_bill_import sent, generate_series(1, 1000) n,
       jsonb_populate_record(sent, jsonb_build_object('id', '00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))) filled
     where sent.id = (select id from inventory_bill_import where tenant_id = $1 limit 1)`,
    [tenant.id],
  )
  const [{ count } = { count: 0 }] = await query<{ count: number }>(
    superuser,
    'select count(*)::int as count from inventory_bill_import where tenant_id = $1',
    [tenant.id],
  )
  expect(count).toBeGreaterThan(1_000)
  const ids = JSON.parse((await suture('imports', '-o', 'json')).stdout).map(({ id }: { id: string }) => id)
  expect(new Set(ids).size).toBe(count)
})
