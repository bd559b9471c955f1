import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as auth from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { firstDefaults, profiles } from '@suture/contract/profiles.ts'
import { presetLimits, presetWaves } from '@suture/contract/rollout-presets.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planRequest } from './verbs/rollout-plan.ts'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'suture-cli-'))
let server: TestServer
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  server = await startTestServer()
  const tenant = await server.addTenant('plant')
  const { secret } = await call(tenant.people.admin, auth.createToken, {
    body: { name: 'script', permissions: ['deployment:set-defaults'] },
  })
  env = { PATH: process.env.PATH, SUTURE_URL: server.base, SUTURE_TOKEN: secret, SUTURE_CLI_HOME: folder }
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** Runs `suture profile` to its end, without a terminal. */
async function profile(...args: string[]) {
  const running = promisify(execFile)(process.execPath, [program, 'profile', ...args], { env })
  running.child.stdin?.end()
  const { stdout, stderr, code } = await running.then(
    (done) => ({ ...done, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { status: code, stdout, stderr }
}

test('a profile is shown before it is chosen, and nothing is chosen unless somebody agrees', async () => {
  expect((await profile('list')).stdout).toContain('Plant, careful. Devices that run all the time')
  expect((await profile('show')).stdout).toContain('Nobody has chosen a profile')
  const unasked = await profile('choose', 'hospital')
  expect(unasked.status).toBe(2)
  expect(unasked.stderr).toContain('Silence counts as failure after: 8 hours')
  expect(JSON.parse((await profile('show', '-o', 'json')).stdout)).toMatchObject({ profile: null, ...firstDefaults })
  expect((await profile('choose', 'hospital', '--yes')).stdout).toContain('those of Hospital. Chosen by script')
  expect((await profile('change', '--hours', '48')).stdout).toMatch(/no profile’s[\s\S]*may run for: 2 days/)
})

test('a plan that says nothing of waves, limits and hours begins from what the tenant chose', async () => {
  const defaults = profiles.plant.sets
  const given = { name: 'N', release: 'R', notBefore: '2026-11-28T10:00:00.000Z' }
  expect(await planRequest(given, defaults)).toMatchObject({
    waves: presetWaves('careful'),
    limits: { ...presetLimits('careful'), silenceSeconds: defaults.silenceSeconds },
    notAfter: '2026-12-12T10:00:00.000Z',
  })
  const own = { ...given, silence: 5, hours: 1, wave: presetWaves('usual') }
  expect(await planRequest(own, defaults)).toMatchObject({
    waves: presetWaves('usual'),
    limits: { silenceSeconds: 5 },
    notAfter: '2026-11-28T11:00:00.000Z',
  })
})
