import { setTimeout as after } from 'node:timers/promises'
import { call, type Reply } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import * as contract from '@suture/contract/releases.ts'
import { query } from '@suture/testing/database.ts'
import { enrolLab, kestrel, LabScene, openSignerHome } from '@suture/testing/lab-scene.ts'
import { type SignerProcess, startSigner } from '@suture/testing/signer-process.ts'
import { outcome, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { newSigningKey, publicHalf, publicPem } from '@suture/trust/keys.ts'
import { asJson, type LabVerdict, payloadTypes } from '@suture/trust/statements.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { type Scoped, systemScope, withScope } from '#platform/database/store.ts'
import { readSignerKeys, signerHome } from '#signing/index.ts'
import { noteLabVerdict, publishedRelease } from './index.ts'
import { settleRelease } from './publish.operations.ts'

type Release = Reply<typeof contract.getRelease>

let server: TestServer
let scene: LabScene
let serial = 0
let signer: SignerProcess | undefined
const lab = newSigningKey()
beforeAll(async () => {
  server = await startTestServer()
  openSignerHome(server.home)
})
afterAll(() => server.stop())
beforeEach(async () => {
  scene = await LabScene.make(server, systemClock, `maker${serial++}`)
})
afterEach(async () => {
  await signer?.end('SIGTERM')
  signer = undefined
  await scene.end()
})

const publisher = () => scene.tenant.people.publisher
const superuser = (text: string, values: unknown[] = []) => query(server.database.urls.superuser, text, values)
const inScope = <T>(run: (scoped: Scoped) => Promise<T>) =>
  withScope(server.database.app, systemScope(scene.tenant.id, 'test'), run)
const kinds = async () => (await call(scene.tenant.people.auditor, listEvents, {})).items.map(({ kind }) => kind)
const sign = async () => {
  signer = await startSigner({ home: server.home, url: server.database.urls.signer })
}
const enrolOurs = () => enrolLab(server.home, scene.tenant.uid, publicPem(publicHalf(lab)))

/** The lab's word on a release, as `lab` would give it; `more` is what a forger would change. */
async function passedBy({ id, artifacts }: Release, more: Partial<LabVerdict> = {}): Promise<void> {
  const verdict: LabVerdict = {
    type: 'suture.lab-verdict.v1',
    tenant: scene.tenant.uid,
    release: id,
    artifacts: artifacts.map((each) => each.sha256),
    verdict: 'passed',
    rigs: [{ rig: 'bench', cell: { model: 'Kestrel DL-20', hardwareRevision: 'C' } }],
    uncovered: [],
    at: new Date().toISOString(),
    ...more,
  }
  const payload = canonicalBytes(asJson(verdict))
  const envelope = Buffer.from(JSON.stringify(signEnvelope(payloadTypes.labVerdict, payload, lab)))
  await inScope((scoped) =>
    noteLabVerdict(scoped, systemClock, { release: id, passed: true, envelope, digest: sha256(payload) }),
  )
}
const publish = (id: string) => outcome(publisher(), contract.publishRelease, { params: { id } })
const show = (id: string) => call(publisher(), contract.getRelease, { params: { id } })
const usable = (id: string) => {
  const keys = readSignerKeys(signerHome(server.home).public)
  return inScope((scoped) => publishedRelease(scoped, keys, scene.tenant.uid, id))
}

describe('a publication', () => {
  test('needs the lab’s verdict and the signer’s statement, and then says what the signer signed', async () => {
    const release = await scene.release({ version: '6.2.6' })
    expect(await publish(release.id)).toEqual({ code: 'releases/not-passed', status: 409 })
    enrolOurs()
    await sign()
    await passedBy(release)
    const published = await publish(release.id)
    expect(published).toMatchObject({
      reply: { state: 'published', verdict: { verdict: 'passed' }, statement: { state: 'signed', verifies: true } },
    })
    const used = await usable(release.id)
    expect(used).toMatchObject({
      release: { version: '6.2.6', name: 'Door lock fix' },
      targets: [{ ...kestrel, hardwareRevision: '', sha256: release.artifacts[0]?.sha256 }],
      document: { verdict: (await show(release.id)).verdict?.digest },
    })
    expect((await kinds()).slice(0, 3)).toEqual([
      'release.published',
      'release.publication-asked',
      'release.lab-passed',
    ])
    expect(await publish(release.id)).toMatchObject({ reply: { state: 'published' } })
  })

  test('is worth nothing once the database says otherwise than the signer', async () => {
    enrolOurs()
    await sign()
    const release = await scene.release({ version: '6.2.6' })
    const other = await scene.release({ version: '6.2.7' })
    for (const each of [release, other]) {
      await passedBy(each)
      await publish(each.id)
    }
    const { sha256: evil } = await scene.upload(scene.image({ version: '6.6.6' }))
    await superuser('update releases_target set sha256 = $2 where release_id = $1', [
      release.id,
      Buffer.from(evil, 'hex'),
    ])
    await superuser(`update releases_release set version = '6.6.6' where id = $1`, [release.id])
    expect(await usable(release.id)).toMatchObject({
      targets: [{ sha256: release.artifacts[0]?.sha256 }],
      release: { version: '6.2.6' },
    })
    await superuser(
      'update releases_release a set statement_digest = b.statement_digest from releases_release b where a.id = $1 and b.id = $2',
      [release.id, other.id],
    )
    expect(await usable(release.id)).toBeUndefined()
    expect((await show(release.id)).statement).toMatchObject({ verifies: false })
    await superuser(
      `update signing_statement set envelope = convert_to(replace(convert_from(envelope, 'UTF8'), 'e', 'f'), 'UTF8')`,
    )
    expect(await usable(other.id)).toBeUndefined()
    expect((await show(other.id)).statement).toMatchObject({ verifies: false })
  })

  test('is refused by the signer for a verdict on other artifacts, and for a lab that nobody enrolled', async () => {
    await sign()
    const release = await scene.release({ version: '6.2.6' })
    await passedBy(release)
    expect(await publish(release.id)).toEqual({ code: 'releases/signer-refused', status: 409 })
    expect((await show(release.id)).statement?.refusal).toMatchObject({ code: 'verdict-unproven' })
    enrolOurs()
    await passedBy(release, { artifacts: ['d'.repeat(64)] })
    expect(await publish(release.id)).toEqual({ code: 'releases/signer-refused', status: 409 })
    expect((await show(release.id)).statement?.refusal).toMatchObject({ code: 'verdict-mismatch' })
    await passedBy(release, { verdict: 'failed' })
    expect(await publish(release.id)).toEqual({ code: 'releases/signer-refused', status: 409 })
    expect((await show(release.id)).statement?.refusal).toMatchObject({ code: 'verdict-failed' })
    expect((await show(release.id)).state).toBe('lab-passed')
    expect(await usable(release.id)).toBeUndefined()
    await passedBy(release)
    expect(await publish(release.id)).toMatchObject({ reply: { state: 'published' } })
  })

  test('waits for a signer that is away, and happens by itself once it has signed', async () => {
    enrolOurs()
    const release = await scene.release({ version: '6.2.6' })
    await passedBy(release)
    expect(await publish(release.id)).toMatchObject({
      reply: { state: 'lab-passed', statement: { state: 'requested', verifies: false } },
    })
    const parts = { store: server.database.worker, clock: systemClock, signerKeys: signerHome(server.home).public }
    const settle = () => settleRelease(parts, systemScope(scene.tenant.id, 'test'), release.id)
    expect(await settle()).toBe('waiting')
    await sign()
    const until = Date.now() + 40_000
    while ((await settle()) === 'waiting' && Date.now() < until) await after(20)
    expect(await kinds()).toContain('release.published')
    expect((await kinds()).filter((kind) => kind === 'release.published')).toHaveLength(1)
  })

  test('is refused when the manufacturer’s key was revoked after the test', async () => {
    const release = await scene.release({ version: '6.2.6' })
    await passedBy(release)
    const { items } = await call(publisher(), contract.listVendorKeys, {})
    await call(publisher(), contract.revokeVendorKey, { params: { id: items[0]?.id ?? '' } })
    expect(await publish(release.id)).toEqual({ code: 'releases/foreign-vendor', status: 422 })
  })

  test('is deprecated, which a rollout under way may still use, and withdrawn, which none may', async () => {
    enrolOurs()
    await sign()
    const release = await scene.release({ version: '6.2.6' })
    const deprecate = () => outcome(publisher(), contract.deprecateRelease, { params: { id: release.id } })
    expect(await deprecate()).toEqual({ code: 'releases/not-published', status: 409 })
    await passedBy(release)
    await publish(release.id)
    expect(await deprecate()).toMatchObject({ reply: { state: 'deprecated' } })
    expect(await usable(release.id)).toMatchObject({ standing: 'deprecated', release: { version: '6.2.6' } })
    expect(await publish(release.id)).toEqual({ code: 'releases/over', status: 409 })
    const body = { reason: 'It drains the battery' }
    expect(await outcome(publisher(), contract.withdrawRelease, { params: { id: release.id }, body })).toMatchObject({
      reply: { state: 'withdrawn' },
    })
    expect(await usable(release.id)).toBe('withdrawn')
    expect((await kinds())[0]).toBe('release.withdrawn')
  })
})
