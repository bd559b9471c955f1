import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '@suture/server/platform/clock.ts'
import { versions } from '@suture/testing/published-release.ts'
import { RolloutScene, signerFor } from '@suture/testing/rollout-scene.ts'
import type { SignerProcess } from '@suture/testing/signer-process.ts'
import { password, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { signingPem } from '@suture/trust/keys.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const suture = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))

let server: TestServer
let signer: SignerProcess
let scene: RolloutScene
beforeAll(async () => {
  server = await startTestServer()
  signer = await signerFor(server)
  scene = await RolloutScene.make(server, systemClock, 'typed', { A: 2, B: 1 })
})
afterAll(async () => {
  await scene.end()
  await signer.end('SIGTERM')
  await server.stop()
})

const homes = mkdtempSync(join(tmpdir(), 'suture-rollout-'))
afterAll(() => rmSync(homes, { recursive: true }))

/** Runs `suture` as somebody would, with a home of their own. */
async function as(who: string, args: readonly string[], input = '') {
  const env = { PATH: process.env.PATH, SUTURE_CLI_HOME: join(homes, who), SUTURE_URL: server.base }
  const running = promisify(execFile)(process.execPath, [suture, ...args], { env, timeout: 50_000 })
  running.child.stdin?.end(input)
  try {
    return { status: 0, ...(await running) }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { status: code, stdout, stderr }
  }
}

async function signInAs(who: 'operator' | 'approver' | 'admin'): Promise<void> {
  const done = await as(who, ['login', '--login', scene.people[who].login, '--stdin'], `${password}\n`)
  expect(done).toMatchObject({ status: 0 })
  if (who !== 'operator') writeFileSync(join(homes, who, 'approval-key'), signingPem(scene.keys[who]), { mode: 0o600 })
}

/** The turns that a running server would take. */
function turning(): void {
  let runs = true
  const done = (async () => {
    while (runs) {
      await scene.tick()
      await scene.verify()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  onTestFinished(async () => {
    runs = false
    await done
  })
}

const plan = () => [
  '--name',
  'Locks',
  '--release',
  scene.release,
  '--wave',
  'each=1,sample=1',
  '--wave',
  'percent=100',
  '--silence',
  '60',
]

test('a rollout goes from a plan to read devices by typing, and nobody approves what they were not shown', async () => {
  turning()
  for (const who of ['operator', 'approver', 'admin'] as const) await signInAs(who)
  const previewed = await as('operator', ['rollout', 'plan', ...plan()])
  expect(previewed).toMatchObject({ status: 0, stderr: '' })
  expect(previewed.stdout).toMatch(/3 devices would go to 6\.2\.6\.[\s\S]*Kestrel DL-20 +A +2 +1 \+ 1/)
  expect(await as('operator', ['rollout', 'plan', '--wave', 'each=1,percent=2'])).toMatchObject({ status: 2 })
  expect(await as('operator', ['rollout', 'plan', ...plan(), '-q', 'hw:B'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('1 devices would go to'),
  })
  expect(await as('operator', ['rollout', 'create', ...plan(), '-q', 'hadware:B'])).toMatchObject({
    stderr: expect.stringContaining('There is no field `hadware`'),
  })
  expect(await as('operator', ['rollout', 'plan', '--name', 'x'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--release'),
  })
  expect((await as('operator', ['rollout', 'list', '-o', 'json'])).stdout.trim()).toBe('[]')

  const made = await as('operator', ['rollout', 'create', ...plan(), '-o', 'json'])
  const { id, planDigest } = JSON.parse(made.stdout) as { id: string; planDigest: string }
  expect(await as('operator', ['rollout', 'start', id])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('not-signed'),
  })
  expect(await as('operator', ['rollout', 'approve', id, '--yes'])).toMatchObject({ status: 3 })
  expect(await as('approver', ['rollout', 'approve', id])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--yes'),
  })
  const first = await as('approver', ['rollout', 'approve', id, '--yes'])
  expect(first).toMatchObject({ status: 0 })
  for (const shown of [`Digest: ${planDigest}`, 'on 3 devices', 'wave 1: 1 of each revision', '60 s without a word'])
    expect(first.stdout).toContain(shown)
  const second = await as('admin', ['rollout', 'approve', id, '--yes', '-o', 'json'])
  expect(JSON.parse(second.stdout)).toMatchObject({ state: 'scheduled', verified: true })

  expect(await as('operator', ['rollout', 'start', id])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('running'),
  })
  const watching = as('operator', ['rollout', 'watch', id])
  for (let left = scene.devices.length; left > 0; ) {
    for (const device of await scene.offered()) {
      await device.update('success', versions.after)
      left--
    }
  }
  const watched = await watching
  expect(watched).toMatchObject({ status: 0, stderr: '' })
  expect(watched.stdout).toMatch(/wave 1 \[#{20}\] .*2 of 2 devices have ended, 2 verified[\s\S]*Locks: finished/)
  const jobs = await as('operator', ['rollout', 'jobs', id, '-o', 'csv'])
  expect(jobs.stdout.match(/,verified,observed,6\.2\.5,6\.2\.6,/g)).toHaveLength(3)
})

test('stop says what happens to the devices that are under way, and watch tells it by its exit status', async () => {
  turning()
  await signInAs('operator')
  await scene.sql(`update inventory_device set firmware = $2 where tenant_id = $1`, scene.tenant.id, versions.before)
  const { id } = await scene.started({ waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }] })
  const [flashing, ...others] = await scene.offered()
  const action = (await flashing?.offered()) ?? ''
  await flashing?.write(action)
  const stopped = await as('operator', ['rollout', 'stop', id])
  expect(stopped).toMatchObject({ status: 0 })
  expect(stopped.stdout).toContain('2 devices are called back')
  expect(stopped.stdout).toContain('1 are in mid-flash: they are left alone')
  const watching = as('operator', ['rollout', 'watch', id])
  for (const device of others)
    await device.say((await device.offered('cancelAction')) ?? '', 'closed', 'success', 'cancelAction')
  await flashing?.say(action, 'closed', 'success')
  expect(await watching).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Door locks: stopped'),
  })
})

test('failures are told before something is done about them, and done with what was told', async () => {
  turning()
  await signInAs('operator')
  await scene.sql(`update inventory_device set firmware = $2 where tenant_id = $1`, scene.tenant.id, versions.before)
  const everybody = { pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 3 }
  const perRevision = { maxFailurePercent: 99, minimumSample: 3, beyond: 'stop' as const }
  const { id } = await scene.started({ waves: [everybody], limits: { ...scene.plan().limits, perRevision } })
  const [device] = (await scene.offered()).filter(({ about }) => about.hardwareRevision === 'A')
  await device?.say((await device.offered()) ?? '', 'canceled')
  const listed = await as('operator', ['rollout', 'clusters', id, '-o', 'json'])
  const [{ key } = { key: '' }] = JSON.parse(listed.stdout) as { key: string }[]
  const retry = ['rollout', 'retry', id, '--cluster', key]
  expect((await as('operator', retry)).stdout).toMatch(
    /^1 device would be tried again: [\s\S]*Nothing was done\. To do it, add --expect 1\.\n$/,
  )
  expect(await as('operator', [...retry, '--expect', '2'])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('another number of devices'),
  })
  expect((await as('operator', [...retry, '--expect', '1'])).stdout).toBe('1 device may try again.\n')
  const hold = ['rollout', 'hold', id, '--cluster', key]
  const told = await as('operator', hold)
  expect(told.stdout).toContain('Kestrel DL-20 revision A would be left out of the rest of the rollout, for good')
  expect(told.stdout).toContain('1 device that has not begun to write would be called back.')
  expect((await as('operator', [...hold, '--reason', 'No space'])).stdout).toBe(
    'Held: 1 device left out, 1 device called back.\n',
  )
  expect((await as('operator', ['rollout', 'show', id])).stdout).toContain(
    'Held: Kestrel DL-20 revision A by operator: No space',
  )
  expect((await as('operator', [...hold, '--reason', 'No space'])).status).toBe(3)
  await as('operator', ['rollout', 'stop', id])
  // The other tests want these devices.
  for (const each of scene.devices) {
    const action = await each.offered('cancelAction')
    if (action !== undefined) await each.say(action, 'closed', 'success', 'cancelAction')
  }
})

test('a quarantine by an earlier rollout and untested devices are read before a plan is made, and before it is signed', async () => {
  turning()
  for (const who of ['operator', 'approver'] as const) await signInAs(who)
  await scene.sql(`update inventory_device set firmware = $2 where tenant_id = $1`, scene.tenant.id, versions.before)
  const { id } = await scene.started({ name: 'First' })
  for (const device of await scene.offered())
    if (device.about.hardwareRevision === 'B') await device.update('failure', versions.before)
  await scene.until(id, ({ quarantined }) => quarantined.length === 1)
  await as('operator', ['rollout', 'stop', id])

  const quarantined = `Warning: Kestrel DL-20 revision B was quarantined by the rollout First (${id}) at `
  const failed = '1 failed, 0 more fell silent.'
  const previewed = await as('operator', ['rollout', 'plan', ...plan()])
  for (const shown of [
    'Left out: 1 of a revision that an earlier rollout of the same artifact quarantined.',
    ...[quarantined, `${failed} None of its devices is in this plan.`, '--include-quarantined <revision>'],
  ])
    expect(previewed.stdout).toContain(shown)

  const included = `${failed} 1 of its devices is in this plan, which names the revision.`
  const untested = /Warning: The plan reaches untested devices, \d of \d kinds?: no rig stood for them in the lab\./
  const inBytes = 'Includes Kestrel DL-20 revision B, although an earlier rollout of its artifact quarantined it.'
  const made = await as('operator', ['rollout', 'create', ...plan(), '--include-quarantined', 'B'])
  const [, second = ''] = /rollout approve (\S+)/.exec(made.stdout) ?? []
  const shownPlan = await as('approver', ['rollout', 'show', second, '--plan'])
  expect(shownPlan.stdout).toContain(inBytes)
  const asked = await as('approver', ['rollout', 'approve', second])
  // Without a terminal nobody can be asked, and what they would have been asked about has been shown.
  expect(asked.status).toBe(2)
  expect(asked.stdout).toContain(inBytes)
  for (const { stdout } of [made, await as('approver', ['rollout', 'show', second]), asked]) {
    for (const shown of [quarantined, included, '  1 × Kestrel DL-20 revision B, bootloader 1.4, now on 6.2.5'])
      expect(stdout).toContain(shown)
    expect(stdout).toMatch(untested)
  }
  expect((await scene.get(second)).approvals).toEqual([])
})

test('what the server shows is checked against the bytes before it is signed', async () => {
  await signInAs('approver')
  await scene.sql(`update inventory_device set firmware = $2 where tenant_id = $1`, scene.tenant.id, versions.before)
  const { id } = await scene.create()
  const other = await scene.create()
  await scene.sql(
    'update deployment_rollout set plan = (select plan from deployment_rollout where id = $2) where id = $1',
    id,
    other.id,
  )
  expect(await as('approver', ['rollout', 'approve', id, '--yes'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('another rollout'),
  })
  await scene.sql(`update deployment_rollout set plan = plan || ' ' where id = $1`, other.id)
  expect(await as('approver', ['rollout', 'approve', other.id, '--yes'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no plan'),
  })
})
