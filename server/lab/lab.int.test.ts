import { statSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '@suture/contract/client.ts'
import { retireDevice } from '@suture/contract/inventory.ts'
import * as contract from '@suture/contract/lab.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { deprecateRelease, getRelease, listReleases, publishRelease } from '@suture/contract/releases.ts'
import type { BenchRig } from '@suture/testing/bench-rig.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { query } from '@suture/testing/database.ts'
import { enrolLab, kestrel, LabScene, observers, openSignerHome } from '@suture/testing/lab-scene.ts'
import { startSigner } from '@suture/testing/signer-process.ts'
import { outcome, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { verifyEnvelope } from '@suture/trust/dsse.ts'
import { readPublicKey } from '@suture/trust/keys.ts'
import { payloadTypes, readLabVerdict } from '@suture/trust/statements.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

const clock = new MovedClock()
let server: TestServer
let scene: LabScene
let serial = 0
beforeAll(async () => {
  server = await startTestServer({ clock })
  openSignerHome(server.home)
})
afterAll(() => server.stop())
beforeEach(async () => {
  scene = await LabScene.make(server, clock, `lab${serial++}`)
})
afterEach(() => scene.end())

const rig = (at: 0 | 1) => scene.rigs[at] as BenchRig
const operator = () => scene.tenant.people.operator
const stateOf = async (id: string) => (await call(operator(), getRelease, { params: { id } })).state
const events = async () => (await call(scene.tenant.people.auditor, listEvents, { query: { limit: 500 } })).items
const refused = (release: string) => outcome(operator(), contract.testRelease, { body: { release, stepSeconds: 2 } })
const labKey = () => call(operator(), contract.getLabKey, {})

describe('a test of a sound release', () => {
  test('takes every rig through all steps and back, and the lab signs what it found', async () => {
    const release = await scene.release({ version: '6.2.6' })
    const started = await scene.test(release.id, 10)
    expect(started.trials.map(({ rig: name, step }) => [name, step])).toEqual([
      ['RIG-B', 'install'],
      ['RIG-C', 'install'],
    ])
    const run = await scene.finish(started)
    expect(run).toMatchObject({ state: 'passed', release: { version: '6.2.6' } })
    expect(run.trials.map(({ outcome: how, failure }) => [how, failure])).toEqual([
      ['passed', null],
      ['passed', null],
    ])
    expect(scene.rigs.map(({ firmware }) => firmware)).toEqual(['6.2.5', '6.2.5'])
    expect(scene.rigs.map(({ done }) => done.size)).toEqual([2, 2])
    const { payload } = verifyEnvelope(JSON.parse(Buffer.from(run.verdict?.envelope ?? '', 'base64').toString()), {
      payloadType: payloadTypes.labVerdict,
      keys: [readPublicKey((await labKey()).publicKey)],
    })
    expect(readLabVerdict(payload)).toMatchObject({
      tenant: scene.tenant.uid,
      release: release.id,
      artifacts: [release.artifacts[0]?.sha256],
      verdict: 'passed',
      rigs: [
        { rig: 'RIG-B', cell: { hardwareRevision: 'B', bootloader: '1.3', currentVersion: '6.2.5' } },
        { rig: 'RIG-C', cell: { hardwareRevision: 'C', bootloader: '1.4', currentVersion: '6.2.5' } },
      ],
    })
    expect(run.verdict?.uncovered).toEqual([
      { model: 'Kestrel DL-20', hardwareRevision: 'C', bootloader: '1.3', currentVersion: '6.2.5' },
      { model: 'Kestrel DL-20', hardwareRevision: 'A', currentVersion: '6.2.5' },
    ])
    expect(await stateOf(release.id)).toBe('lab-passed')
    const told = (await events()).filter(({ kind }) => kind.startsWith('lab.')).map(({ kind }) => kind)
    expect(told).toEqual(['lab.verdict-given', 'lab.trial-ended', 'lab.trial-ended', 'lab.run-started'])
  })

  test('lets the signer publish it, with the lab’s key enrolled', async () => {
    const signer = await startSigner({ home: server.home, url: server.database.urls.signer })
    onTestFinished(async () => void (await signer.end('SIGTERM')))
    const release = await scene.release({ version: '6.2.6' })
    await scene.finish(await scene.test(release.id, 10))
    enrolLab(server.home, scene.tenant.uid, (await labKey()).publicKey)
    const { publisher } = scene.tenant.people
    const published = await call(publisher, publishRelease, { params: { id: release.id } })
    expect(published).toMatchObject({ state: 'published', statement: { verifies: true } })
    const again = await scene.test(release.id, 10)
    expect(await scene.finish(again)).toMatchObject({ state: 'passed' })
    await call(publisher, deprecateRelease, { params: { id: release.id } })
    expect(await refused(release.id)).toEqual({ code: 'lab/release-over', status: 409 })
  })

  test('is the same when two processes look after the lab at once', async () => {
    const release = await scene.release({ version: '6.2.6' })
    const turns = () => Promise.all([scene.turn(), scene.turn(server.database.app), scene.turn()])
    const begun = clock.now().getTime()
    const run = await scene.finish(await scene.test(release.id, 10), async () => void (await turns()))
    expect(run.state).toBe('passed')
    // Before the test, at the beginning of each of three steps, and then twice a second.
    const most = 4 + (clock.now().getTime() - begun) / 500
    for (const { reads } of scene.rigs) expect(reads).toBeLessThanOrEqual(most)
    const told = (await events()).map(({ kind }) => kind)
    expect(told.filter((kind) => kind === 'lab.verdict-given')).toHaveLength(1)
    expect(told.filter((kind) => kind === 'lab.trial-ended')).toHaveLength(2)
    expect(scene.rigs.map(({ done }) => done.size)).toEqual([2, 2])
  })

  test('gets one verdict, however many processes find it over at the same moment', async () => {
    const release = await scene.release({ version: '6.2.6' })
    await scene.test(release.id, 10)
    const over = `update lab_trial set step = 'over', outcome = 'passed', ended_at = now() where tenant_id = $1`
    await query(server.database.urls.superuser, over, [scene.tenant.id])
    await Promise.all(Array.from({ length: 6 }, () => scene.turn()))
    await scene.turn()
    expect((await events()).filter(({ kind }) => kind === 'lab.verdict-given')).toHaveLength(1)
    expect(await stateOf(release.id)).toBe('lab-passed')
  })

  test('gives every step its whole time again after a time in which no rig could be heard', async () => {
    const release = await scene.release({ version: '6.2.6' })
    const started = await scene.test(release.id, 10)
    clock.pass(1200)
    await scene.turn(server.database.worker, undefined, true)
    expect(await scene.finish(started)).toMatchObject({ state: 'passed' })
  })

  test('goes on after a turn that broke off between a reading and its result', async () => {
    const release = await scene.release({ version: '6.2.6' })
    const started = await scene.test(release.id, 10)
    let broken = 0
    const dying = { read: () => Promise.reject(new Error(`killed ${broken++}`)) }
    for (let turn = 0; turn < 4; turn++)
      await scene.turn(server.database.worker, { http: dying, coap: dying }).catch(() => undefined)
    expect(broken).toBeGreaterThan(0)
    expect(await scene.finish(started)).toMatchObject({ state: 'passed' })
  })
})

describe('a broken release', () => {
  const cases = [
    ['bricks a revision', { bricks: [{ hardwareRevision: 'C' }] }, 'no-boot'],
    ['rolls itself back', { fails: [{ hardwareRevision: 'C' }] }, 'install-failed'],
  ] as const
  test.each(cases)('that %s is stopped, and stays a draft', async (_what, flaw, failure) => {
    const release = await scene.release({ version: '6.2.6', ...flaw })
    const run = await scene.finish(await scene.test(release.id))
    expect(run.state).toBe('failed')
    expect(run.trials.map((each) => [each.rig, each.outcome, each.failure])).toEqual([
      ['RIG-B', 'passed', null],
      ['RIG-C', 'failed', failure],
    ])
    expect(await stateOf(release.id)).toBe('draft')
    expect(await outcome(scene.tenant.people.publisher, publishRelease, { params: { id: release.id } })).toEqual({
      code: 'releases/not-passed',
      status: 409,
    })
    expect(rig(0).firmware).toBe('6.2.5')
  })

  test('takes a release that passed before back to draft, and the list of releases tells the newest verdict', async () => {
    const verdicts = async () => (await call(operator(), listReleases, {})).items.map(({ verdict }) => verdict)
    const release = await scene.release({ version: '6.2.6' })
    expect(await verdicts()).toEqual([null])
    await scene.finish(await scene.test(release.id, 10))
    expect(await verdicts()).toEqual(['passed'])
    rig(1).manner = 'gives-up'
    await scene.finish(await scene.test(release.id))
    expect(await stateOf(release.id)).toBe('draft')
    expect(await verdicts()).toEqual(['failed'])
  })

  test('that kills a rig stops the next test until the rig shows its base version, or is retired', async () => {
    const broken = await scene.release({ version: '6.2.6', bricks: [{ hardwareRevision: 'C' }] })
    await scene.finish(await scene.test(broken.id))
    const mended = await scene.release({ version: '6.2.7' })
    expect(await refused(mended.id)).toEqual({ code: 'lab/rig-not-ready', status: 409 })
    const { items } = await call(operator(), contract.listRigs, {})
    expect(items.map(({ name, lastFailure }) => [name, lastFailure])).toEqual([
      ['RIG-B', null],
      ['RIG-C', 'no-boot'],
    ])
    rig(1).dead = false
    rig(1).firmware = '6.2.6'
    expect(await refused(mended.id)).toEqual({ code: 'lab/rig-not-ready', status: 409 })
    await call(operator(), retireDevice, { params: { id: items[1]?.device ?? '' } })
    const run = await scene.finish(await scene.test(mended.id, 10))
    expect(run.trials.map((each) => each.rig)).toEqual(['RIG-B'])
    expect(run.verdict?.uncovered).toContainEqual(expect.objectContaining({ hardwareRevision: 'C', bootloader: '1.4' }))
  })
})

describe('a rig that', () => {
  test.each([
    ['says it has installed, and has not', 'lying', 'unhealthy'],
    ['takes the order and never speaks again', 'silent', 'silent'],
    ['gives up', 'gives-up', 'install-failed'],
    ['never asks for orders', 'deaf', 'silent'],
    ['installs and never says so', 'stays', 'silent'],
  ] as const)('%s fails the test', async (_what, manner, failure) => {
    rig(1).manner = manner
    const release = await scene.release({ version: '6.2.6' })
    const run = await scene.finish(await scene.test(release.id))
    expect(run.state).toBe('failed')
    expect(run.trials[1]).toMatchObject({ outcome: 'failed', failure })
    expect(run.trials[0]).toMatchObject({ outcome: 'passed' })
  })

  test('works, and does not go back, fails the test', async () => {
    const release = await scene.release({ version: '6.2.6' })
    const started = await scene.test(release.id)
    const run = await scene.finish(started, async () => {
      if (rig(1).firmware === '6.2.6') rig(1).manner = 'gives-up'
      await scene.turn()
    })
    expect(run.trials[1]).toMatchObject({ outcome: 'failed', failure: 'roll-back-failed' })
  })

  test('answers with another serial is not the rig', async () => {
    const release = await scene.release({ version: '6.2.6' })
    Object.assign(rig(1), { serial: 'SOMEONE-ELSE' })
    expect(await refused(release.id)).toEqual({ code: 'lab/rig-not-ready', status: 409 })
  })
})

describe('a test does not start', () => {
  test('without a rig for each artifact', async () => {
    const release = await scene.release({ version: '6.2.6' }, 'A')
    expect(await refused(release.id)).toEqual({ code: 'lab/no-rig', status: 409 })
  })

  test('twice at a time, nor for a rig that is in another one', async () => {
    const [first, second] = [await scene.release({ version: '6.2.6' }), await scene.release({ version: '6.2.7' })]
    const started = await scene.test(first.id, 10)
    expect(await refused(first.id)).toEqual({ code: 'lab/run-open', status: 409 })
    expect(await refused(second.id)).toEqual({ code: 'lab/rig-not-ready', status: 409 })
    await scene.finish(started)
    expect(await scene.finish(await scene.test(second.id, 10))).toMatchObject({ state: 'passed' })
  })

  test('once of two requests that come at the same moment', async () => {
    const release = await scene.release({ version: '6.2.6' })
    const both = await Promise.all([refused(release.id), refused(release.id), refused(release.id)])
    expect(both.filter((each) => 'reply' in each)).toHaveLength(1)
  })

  test('where the site allows no probing, and nothing is sent there', async () => {
    const closed = await LabScene.make(server, clock, `closed${serial++}`, [])
    onTestFinished(() => closed.end())
    const release = await closed.release({ version: '6.2.6' })
    const answer = await outcome(closed.tenant.people.operator, contract.testRelease, {
      body: { release: release.id, stepSeconds: 2 },
    })
    expect(answer).toEqual({ code: 'lab/rig-not-ready', status: 409 })
    expect(closed.rigs.map(({ reads }) => reads)).toEqual([0, 0])
    await closed.turn(server.database.worker, observers)
    expect(closed.rigs.map(({ reads }) => reads)).toEqual([0, 0])
  })
})

describe('the lab as a courier', () => {
  const say = (to: BenchRig, id: number, execution: 'downloading' | 'succeeded' | 'failed') =>
    scene.ordersOf(to).report(id, { execution, details: [] })

  test('gives each rig its own order only, and takes words only for the order that is current', async () => {
    const release = await scene.release({ version: '6.2.6' })
    await scene.test(release.id, 10)
    const [first, second] = [await scene.ordersOf(rig(0)).next(), await scene.ordersOf(rig(1)).next()]
    if (first?.kind !== 'install' || second?.kind !== 'install') throw new Error('no order')
    expect(first).toMatchObject({ version: '6.2.6', artifact: { sha256: release.artifacts[0]?.sha256 } })
    expect(first.actionId).not.toBe(second.actionId)
    expect(await say(rig(0), second.actionId, 'succeeded')).toBe('unknown')
    expect(await say(rig(0), 999_999, 'succeeded')).toBe('unknown')
    expect(await say(rig(0), first.actionId, 'downloading')).toBe('taken')
    expect(await say(rig(0), first.actionId, 'succeeded')).toBe('taken')
    expect(await say(rig(0), first.actionId, 'succeeded')).toBe('over')
    expect(await scene.ordersOf(rig(0)).next()).toBeUndefined()
    expect(await say(rig(1), second.actionId, 'failed')).toBe('taken')
    expect(await say(rig(1), second.actionId, 'succeeded')).toBe('over')
  })
})

test('the lab’s key is its owner’s alone, and stays the same', async () => {
  const first = await labKey()
  expect(await labKey()).toEqual(first)
  expect(first.publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/)
  expect(statSync(join(server.home, 'lab')).mode & 0o777).toBe(0o700)
  expect(statSync(join(server.home, 'lab', 'lab-key')).mode & 0o777).toBe(0o600)
})

test('only a lab device becomes a rig, once, with a base that its manufacturer signed', async () => {
  const { items } = await call(operator(), contract.listRigs, {})
  const base = items[0]?.base ?? { artifact: '', version: '' }
  const add = (body: { device: string; name: string; base: typeof base }) =>
    outcome(operator(), contract.addRig, { body })
  const device = items[0]?.device ?? ''
  expect(items[0]).toMatchObject({ ...kestrel, name: 'RIG-B', hardwareRevision: 'B', busyWith: null })
  expect(await add({ device, name: 'Again', base })).toEqual({ code: 'lab/rig-taken', status: 409 })
  expect(await add({ device: scene.tenant.uid, name: 'None', base })).toEqual({ code: 'lab/not-a-rig', status: 422 })
  expect(await add({ device, name: 'X', base: { ...base, artifact: 'a'.repeat(64) } })).toEqual({
    code: 'releases/artifact-unknown',
    status: 422,
  })
})
