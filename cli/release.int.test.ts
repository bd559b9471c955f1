import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createToken } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { permissionNames } from '@suture/contract/permissions.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { kestrel, LabScene } from '@suture/testing/lab-scene.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const suture = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))

const clock = new MovedClock()
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ clock })
})
afterAll(() => server.stop())

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'suture-release-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** Runs `suture` as somebody would. */
async function run(env: Readonly<Record<string, string>>, ...args: string[]) {
  const given = { PATH: process.env.PATH, SUTURE_CLI_HOME: '/nowhere', SUTURE_URL: 'http://127.0.0.1:1', ...env }
  try {
    return {
      status: 0,
      ...(await promisify(execFile)(process.execPath, [suture, ...args], { env: given, timeout: 50_000 })),
    }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { status: code, stdout, stderr }
  }
}

test('a manufacturer signs offline, and what they signed can be uploaded and what they did not cannot', async () => {
  const scene = await LabScene.make(server, clock, 'maker')
  onTestFinished(() => scene.end())
  const at = folder()
  const [image, key] = [join(at, 'dl20-6.2.6.bin'), join(at, 'vendor-key')]
  writeFileSync(image, scene.image({ version: '6.2.6' }))
  expect(await run({}, 'release', 'sign', image, '--key', key)).toMatchObject({ status: 2 })
  expect(await run({}, 'release', 'sign', image, '--key', key, '--new-key')).toMatchObject({ status: 0, stderr: '' })
  expect(statSync(key).mode & 0o777).toBe(0o600)
  expect(await run({}, 'release', 'sign', image, '--key', key, '--new-key')).toMatchObject({ status: 2 })
  expect(await run({}, 'release', 'sign', image, '--key', key)).toMatchObject({ status: 0 })
  expect(readFileSync(`${image}.sig`, 'utf8')).toMatch(/^[A-Za-z0-9+/]{86}==\n$/)

  const { secret } = await call(scene.tenant.people.admin, createToken, {
    body: { name: 'robot', permissions: [...permissionNames] },
  })
  const us = { SUTURE_URL: server.base, SUTURE_TOKEN: secret }
  const upload = () => run(us, 'artifact', 'upload', image, '--signature', `${image}.sig`)
  expect(await upload()).toMatchObject({ status: 3, stderr: expect.stringContaining('releases/signature-wrong') })
  const maker = ['--manufacturer', kestrel.manufacturer, '--name', 'second']
  expect(await run(us, 'vendor-key', 'add', `${key}.pub`, ...maker)).toMatchObject({ status: 0 })
  expect(await upload()).toMatchObject({ status: 0, stdout: expect.stringContaining('Kestrel signed it') })
  const listed = await run(us, 'artifact', 'list', '-o', 'json')
  const [newest] = JSON.parse(listed.stdout) as { sha256: string; fileName: string }[]
  expect(newest?.fileName).toBe('dl20-6.2.6.bin')

  const target = `${kestrel.manufacturer}/${kestrel.model}=${newest?.sha256}`
  const about = ['--name', 'Fix', '--version', '6.2.6']
  expect(await run(us, 'release', 'create', ...about, '--target', 'nonsense')).toMatchObject({ status: 2 })
  const created = await run(us, 'release', 'create', ...about, '--target', target)
  expect(created).toMatchObject({ status: 0, stderr: '' })
  expect(created.stdout).toContain('Lab: not tested yet.')
  const id = /\(([0-9a-f-]{36})\)/.exec(created.stdout)?.[1] ?? ''
  expect(await run(us, 'release', 'list')).toMatchObject({ stdout: expect.stringContaining(id) })
  expect(await run(us, 'release', 'publish', id)).toMatchObject({ status: 3 })
  expect((await run(us, 'lab', 'key')).stdout).toMatch(/^-----BEGIN PUBLIC KEY-----/)
  expect((await run(us, 'lab', 'rig', 'list')).stdout).toMatch(/RIG-B +Kestrel DL-20 +B +6\.2\.5 +free/)
})

test('a test in the lab is followed rig by rig, and its exit status tells how it ended', async () => {
  const scene = await LabScene.make(server, clock, 'bench')
  onTestFinished(() => scene.end())
  const { secret } = await call(scene.tenant.people.admin, createToken, {
    body: { name: 'robot', permissions: [...permissionNames] },
  })
  const us = { SUTURE_URL: server.base, SUTURE_TOKEN: secret }
  const testing = async (id: string, ...more: string[]) => {
    let over = false
    const told = run(us, 'lab', 'test', id, '--step-seconds', '3', ...more).finally(() => {
      over = true
    })
    while (!over) {
      await scene.turn()
      await scene.rest()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return told
  }
  const sound = await testing((await scene.release({ version: '6.2.6' })).id)
  expect(sound).toMatchObject({ status: 0, stderr: '' })
  expect(sound.stdout).toMatch(/RIG-B: install[\s\S]*RIG-B: passed[\s\S]*6\.2\.6: passed/)
  expect(sound.stdout).toContain('Kestrel DL-20 revision C, bootloader 1.3, now on 6.2.5')
  const broken = await testing((await scene.release({ version: '6.2.7', fails: [{ hardwareRevision: 'C' }] })).id)
  expect(broken).toMatchObject({ status: 1, stderr: expect.stringContaining('6.2.7: failed') })
  expect(broken.stdout).toContain('RIG-C: failed (install-failed; ')
})
