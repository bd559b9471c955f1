import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startReceiver } from '@suture/testing/receiver.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ works: true, outward: ['127.0.0.0/8'] })
  const { people } = await server.addTenant('plant')
  // A webhook is a person's: a token makes none.
  const session = { base: server.base, cookie: people.admin.headers.cookie }
  writeFileSync(join(folder, 'session.json'), JSON.stringify(session))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** Runs `suture` to its end. */
async function suture(...args: string[]) {
  const env = { PATH: process.env.PATH, SUTURE_URL: server.base, SUTURE_CLI_HOME: folder }
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status: child.exitCode, stdout, stderr }
}

test('a webhook is made, tested, looked at, paused and removed from the command line', async () => {
  const receiver = await startReceiver()
  const made = await suture('webhook', 'create', 'tickets', receiver.url, '--kind', 'site', 'rollout.stopped')
  expect(made).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/sends site, rollout\.stopped to .*\n {2}whsec_/),
  })
  expect((await suture('webhook', 'test', 'tickets')).stdout).toMatch(/^The test .* is on its way\./)
  await expect.poll(() => receiver.messages.length, { timeout: 30_000 }).toBe(1)
  await expect
    .poll(() => suture('webhook', 'deliveries', 'tickets', '--state', 'delivered').then(({ stdout }) => stdout), {
      timeout: 30_000,
    })
    .toContain('204 accepted')
  expect((await suture('webhook', 'change', 'tickets', '--pause')).stdout).toBe(
    'tickets is paused; it will go on from where it stopped.\n',
  )
  expect((await suture('webhook', 'list')).stdout).toContain('paused by person')
  expect((await suture('webhook', 'rotate', 'tickets')).stdout).toMatch(/whsec_/)
  expect((await suture('webhook', 'replay', 'tickets')).stdout).toBe('tickets has no dead delivery.\n')
  expect((await suture('webhook', 'remove', 'tickets')).stdout).toMatch(/^tickets is gone/)
  expect(await suture('webhook', 'show', 'tickets')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('There is no webhook tickets.'),
  })
}, 120_000)

test('a digest that the server cannot send is refused with the way out', async () => {
  expect((await suture('notice', 'show')).stdout).toBe('You get no mail: this server is set to send none.\n')
  const { status, stderr } = await suture('notice', 'daily', '7')
  expect(status).not.toBe(0)
  expect(stderr).toContain('SUTURE_SMTP_URL')
})
