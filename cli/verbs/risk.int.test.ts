import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createToken } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { importKnowledge } from '@suture/server/intelligence/index.ts'
import { systemClock } from '@suture/server/platform/clock.ts'
import { systemScope } from '@suture/server/platform/database/store.ts'
import { newId } from '@suture/server/platform/id.ts'
import { addFleet } from '@suture/testing/fleet.ts'
import { handlers } from '@suture/testing/risk-scene.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../bin/suture.mjs', import.meta.url))
const facts = readFileSync(new URL('../../data/knowledge/devices.json', import.meta.url))
const [old, fixed, stranger] = [newId(new Date()), newId(new Date()), newId(new Date())]

let server: TestServer
let folder: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  server = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
  const { id, people } = await server.addTenant('home')
  const { secret } = await call(people.admin, createToken, {
    body: { name: 'robot', permissions: ['intelligence:read', 'risk:read'] },
  })
  env = { PATH: process.env.PATH, SUTURE_CLI_HOME: folder, SUTURE_URL: server.base, SUTURE_TOKEN: secret }
  await importKnowledge(server.database.worker, systemClock, facts)
  const vision = { manufacturer: 'Unitronics', model: 'Vision', exposure: 'internal' } as const
  await addFleet(server.database.urls.superuser, id, [
    { ...vision, uid: old, firmware: '12.37' },
    { ...vision, uid: fixed, firmware: '12.38' },
    { uid: stranger, manufacturer: 'Nobody', model: 'Nothing', firmware: '1' },
  ])
  const context = {
    store: server.database.worker,
    clock: systemClock,
    scope: systemScope(id, 'test'),
    payload: { subject: 'test' },
    signal: new AbortController().signal,
  }
  await handlers['intelligence/match'](context)
  await handlers['risk/decide'](context)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.stop()
})

/** The command runs while this process answers it. */
const suture = (...args: string[]): Promise<{ status: number; out: string; err: string }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...args], { env })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('close', (status) =>
      done({ status: status ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    )
  })

test('`suture vulnerability explain` says in a sentence why a device is affected, and why another is not', async () => {
  const affected = await suture('vulnerability', 'explain', 'CVE-2023-6448', '--device', old)
  expect(affected).toMatchObject({ status: 0, err: '' })
  expect(affected.out).toContain('The bill is affected by CVE-2023-6448.')
  expect(affected.out).toContain(
    'Unitronics Vision 12.37 was recognised by its name as Unitronics Vision: affected, because 12.37 lies inside (affected: up to 12.38 (not itself)). Said by ICSA-23-348-15',
  )
  const not = await suture('vuln', 'explain', 'CVE-2023-6448', '--device', fixed)
  expect(not.out).toContain('not affected, because 12.38 lies outside (affected: up to 12.38 (not itself))')
  const unknown = await suture('vuln', 'explain', 'CVE-2023-6448', '--device', stranger)
  expect(unknown.out).toContain('None of its components is known to be a product that CVE-2023-6448 is about.')
  expect(unknown.out).toContain('  Nobody Nothing 1')
})

test('`suture vulnerability list` and `show` tell what is ours alone, and all with --all', async () => {
  const ours = await suture('vuln', 'list', '--output', 'json')
  expect(JSON.parse(ours.out)).toMatchObject([{ id: 'CVE-2023-6448', devices: 1, listedAt: '2023-12-11' }])
  expect(JSON.parse((await suture('vuln', 'list', '--all', '--output', 'json')).out)).toHaveLength(58)
  const told = await suture('vuln', 'show', 'CVE-2023-6448')
  expect(told.out).toContain('listed as exploited since 2023-12-11')
  expect(told.out).toContain('  Unitronics Vision 12.37: affected; devices: 1')
  expect(await suture('vuln', 'show', 'CVE-1999-0001')).toMatchObject({
    status: 3,
    err: expect.stringContaining('intelligence/vulnerability-unknown'),
  })
})

test('`suture finding` lists what is due and says what was decided, and `suture feed list` how old the facts are', async () => {
  const listed = await suture('finding', 'list', '--output', 'json', '--model', 'Vision')
  expect(JSON.parse(listed.out)).toMatchObject([
    { vulnerability: 'CVE-2023-6448', outcome: '3DF', device: { id: old } },
  ])
  const told = await suture('finding', 'explain', old, 'CVE-2023-6448')
  expect(told.out).toContain(
    'fix within 3 days, and look for traces of a break-in, by row 14 of cisa:DT_BOD2604:1.0.0.',
  )
  expect(told.out).toContain('Publicly exposed: no (inventory: internal)')
  expect(told.out).toContain('If known to be exploited were no: within 60 days.')
  expect((await suture('feed', 'list')).out).toContain('2026-08-07')
  expect(await suture('fix', 'list', '--output', 'json')).toMatchObject({ status: 0, out: '[]\n' })
})
