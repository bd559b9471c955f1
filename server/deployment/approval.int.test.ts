import { acceptInvitation, inviteUser } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listSites } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { product, versions } from '@suture/testing/published-release.ts'
import { RolloutScene, signerFor } from '@suture/testing/rollout-scene.ts'
import type { SignerProcess } from '@suture/testing/signer-process.ts'
import { outcome, password, signIn, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { newSigningKey } from '@suture/trust/keys.ts'
import { readRolloutPlan } from '@suture/trust/statements.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeOf, saltOf, sharesOf } from './reach.ts'

const clock = new MovedClock()
let server: TestServer
let signer: SignerProcess
let scene: RolloutScene
beforeAll(async () => {
  server = await startTestServer({ clock })
  signer = await signerFor(server)
  scene = await RolloutScene.make(server, clock, 'plans', { A: 5, B: 3 })
})
afterAll(async () => {
  await scene.end()
  await signer.end('SIGTERM')
  await server.stop()
})

const approving = (
  who: 'approver' | 'admin' | 'operator',
  id: string,
  body: { signature: string; publicKey: string },
) => outcome(scene.people[who], contract.approveRollout, { params: { id }, body })
const codeOf = (answer: object) => ('code' in answer ? answer.code : 'done')
const starting = async (id: string) =>
  codeOf(await outcome(scene.people.operator, contract.startRollout, { params: { id } }))

/** Somebody who keeps rollouts and sees one site. */
async function limitedTo(site: number) {
  const { admin } = scene.people
  const login = 'limited@plans'
  const { invitation } = await call(admin, inviteUser, {
    body: { login, name: 'Limited', roles: ['operator'], sites: [site] },
  })
  await call({ ...admin, headers: {} }, acceptInvitation, { body: { code: invitation.code, password } })
  return signIn(server.base, login)
}

describe('a plan', () => {
  test('is previewed with who is in which wave and who is left out, and nothing is stored', async () => {
    await scene.sql(`update inventory_device set firmware = $2 where serial = $1`, 'plans-A-0', versions.after)
    await scene.sql(`update inventory_device set state = 'quarantined' where serial = $1`, 'plans-A-1')
    const preview = await call(scene.people.operator, contract.previewRollout, { body: scene.plan() })
    expect(preview).toEqual({
      version: versions.after,
      devices: 6,
      strata: [
        { ...product, hardwareRevision: 'A', devices: 3, waves: [2, 1] },
        { ...product, hardwareRevision: 'B', devices: 3, waves: [2, 1] },
      ],
      excluded: expect.arrayContaining([
        { why: 'up-to-date', devices: 1 },
        { why: 'not-live', devices: 1 },
      ]),
      warnings: [],
      cautions: { quarantined: [], uncovered: expect.objectContaining({ devices: 3 }) },
    })
    await scene.sql(
      `update inventory_device set firmware = $1, state = 'live' where serial like 'plans-A-_'`,
      versions.before,
    )
    expect((await call(scene.people.viewer, contract.listRollouts, {})).items).toEqual([])
  })

  test('says nobody in particular when its filter leaves nobody, and what in it contradicts itself', async () => {
    const nobody = scene.plan({ audience: { hardwareRevision: 'Z' } })
    const refused = async (body: ReturnType<typeof scene.plan>) =>
      codeOf(await outcome(scene.people.operator, contract.createRollout, { body }))
    expect(await refused(nobody)).toBe('deployment/nobody-eligible')
    expect(await refused(scene.plan({ waves: scene.plan().waves.toReversed() }))).toBe('deployment/plan-invalid')
    expect(await refused(scene.plan({ notAfter: new Date(clock.now().getTime() - 500).toISOString() }))).toBe(
      'deployment/plan-invalid',
    )
    expect(await refused(scene.plan({ release: crypto.randomUUID() }))).toBe('deployment/release-not-published')
  })

  test('is frozen in bytes from which everybody recomputes who comes first', async () => {
    const { id, planDigest, devices, state } = await scene.create()
    expect({ devices, state }).toEqual({ devices: 8, state: 'awaiting-approval' })
    const { plan, digest } = await call(scene.people.approver, contract.getRolloutPlan, { params: { id } })
    const bytes = Buffer.from(plan, 'base64')
    expect([sha256(bytes), digest]).toEqual([planDigest, planDigest])
    const read = readRolloutPlan(bytes)
    expect(read).toMatchObject({ plan: id, createdBy: scene.people.operator.id, audience: { count: 8 } })
    const rows = await scene.sql<{ uid: string; hardware_revision: string }>(
      'select uid, hardware_revision from inventory_device where tenant_id = $1',
      scene.tenant.id,
    )
    for (const revision of ['A', 'B']) {
      const places = rows.filter((row) => row.hardware_revision === revision).map(({ uid }) => placeOf(saltOf(id), uid))
      const stored = await scene.sql<{ wave: number; reach: string; devices: number }>(
        'select wave_no as wave, reach, devices from deployment_stratum where rollout_id = $1 and hardware_revision = $2 order by 1',
        id,
        revision,
      )
      expect(stored.map((each) => ({ ...each, reach: Number(each.reach) }))).toEqual(sharesOf(places, read.waves))
    }
  })

  test('is found by part of its name', async () => {
    const { id } = await scene.create({ name: 'Winter round 7' })
    const found = async (text: string) =>
      (await call(scene.people.viewer, contract.listRollouts, { query: { text } })).items.map((each) => each.id)
    expect(await found('ROUND 7')).toEqual([id])
    expect(await found('round_7')).toEqual([])
  })

  test('is listed among the rollouts of its release, and of no other', async () => {
    const { id } = await scene.create()
    const listed = async (release: string) =>
      (await call(scene.people.viewer, contract.listRollouts, { query: { release } })).items.map((each) => each.id)
    expect(await listed(scene.release)).toContain(id)
    expect(await listed(crypto.randomUUID())).toEqual([])
  })
})

describe('an approval', () => {
  test('counts once per person, never from the maker, and only over these very bytes', async () => {
    const made = await scene.create()
    const { id, planDigest } = made
    const mine = scene.approval(planDigest, scene.keys.approver)
    expect(codeOf(await approving('operator', id, mine))).toBe('auth/not-permitted')
    expect(codeOf(await approving('approver', id, scene.approval('0'.repeat(64), scene.keys.approver)))).toBe(
      'deployment/signature-wrong',
    )
    expect(codeOf(await approving('approver', id, { ...mine, publicKey: 'no key' }))).toBe('deployment/key-unreadable')
    expect(codeOf(await approving('approver', id, mine))).toBe('done')
    expect(codeOf(await approving('approver', id, scene.approval(planDigest, newSigningKey())))).toBe(
      'deployment/already-approved',
    )
    expect(codeOf(await approving('admin', id, mine))).toBe('deployment/key-taken')
    expect((await scene.get(id)).approvals).toHaveLength(1)
    expect(await starting(id)).toBe('deployment/not-signed')
    expect((await scene.get(id)).signing).toBeNull()
  })

  test('of one’s own plan is refused, also for whoever may approve', async () => {
    const body = scene.plan()
    const { id, planDigest } = await call(scene.people.admin, contract.createRollout, { body })
    expect(codeOf(await approving('admin', id, scene.approval(planDigest, scene.keys.admin)))).toBe(
      'deployment/own-plan',
    )
  })

  test('by two people is what the signer signs, and then the plan may start, once', async () => {
    const signed = await scene.signed()
    expect(signed).toMatchObject({ state: 'scheduled', verified: true, signing: { state: 'signed' } })
    expect(await starting(signed.id)).toBe('done')
    expect(await starting(signed.id)).toBe('deployment/not-now')
    const { items } = await call(scene.people.auditor, listEvents, { query: { subject: signed.id } })
    expect(items.map(({ kind }) => kind).toReversed()).toEqual([
      'rollout.created',
      'rollout.approved',
      'rollout.approved',
      'rollout.signed',
      'rollout.started',
      'wave.opened',
    ])
    await call(scene.people.operator, contract.stopRollout, { params: { id: signed.id } })
  })

  test('lets nobody start it who may not see all of its sites, and everybody stop it who controls rollouts', async () => {
    const [, closed] = (await call(scene.people.operator, listSites, {})).items
    const { id } = await scene.signed()
    const limited = await limitedTo(closed?.id ?? 0)
    const answer = async (endpoint: typeof contract.startRollout | typeof contract.pauseRollout) =>
      codeOf(await outcome(limited, endpoint, { params: { id } }))
    expect(await answer(contract.startRollout)).toBe('deployment/other-sites')
    expect(await starting(id)).toBe('done')
    expect(await answer(contract.pauseRollout)).toBe('done')
    expect(codeOf(await outcome(limited, contract.resumeRollout, { params: { id } }))).toBe('deployment/other-sites')
    expect(codeOf(await outcome(limited, contract.stopRollout, { params: { id } }))).toBe('done')
    expect(codeOf(await outcome(limited, contract.createRollout, { body: scene.plan() }))).toBe(
      'deployment/nobody-eligible',
    )
  })

  test('with a key that nobody enrolled convinces no signer, and the reason is told', async () => {
    const made = await scene.create()
    await scene.approve(made, 'approver')
    expect(codeOf(await approving('admin', made.id, scene.approval(made.planDigest, newSigningKey())))).toBe('done')
    const { signing } = await scene.until(made.id, (each) => each.signing?.state === 'refused')
    expect(signing?.refusal?.code).toBe('approvals-missing')
    expect(await starting(made.id)).toBe('deployment/not-signed')
  })
})

describe('a plan that somebody changed in the database', () => {
  const edit = (id: string) =>
    scene.sql(
      `update deployment_rollout set plan = convert_to(replace(convert_from(plan, 'UTF8'), '"percent":100', '"percent":99'), 'UTF8') where id = $1`,
      id,
    )

  test('after its approval never starts', async () => {
    const { id } = await scene.signed()
    await edit(id)
    expect(await starting(id)).toBe('deployment/not-signed')
    expect(await scene.get(id)).toMatchObject({ verified: false, approvals: [] })
  })

  test('between two approvals has lost the first', async () => {
    const made = await scene.create()
    await scene.approve(made, 'approver')
    await edit(made.id)
    const { planDigest } = await scene.get(made.id)
    await scene.approve({ id: made.id, planDigest }, 'admin')
    expect(await starting(made.id)).toBe('deployment/not-signed')
  })

  test('for another one that was signed too does not run in its place', async () => {
    const [mine, other] = [await scene.signed({ audience: { hardwareRevision: 'A' } }), await scene.signed()]
    await scene.sql(
      'update deployment_rollout set (plan, audience) = (select plan, audience from deployment_rollout where id = $2) where id = $1',
      mine.id,
      other.id,
    )
    expect(await starting(mine.id)).toBe('deployment/not-signed')
    expect(await scene.get(mine.id)).toMatchObject({ verified: false })
  })

  test('while it runs hands out nothing more, and the rollout is paused', async () => {
    const { id } = await scene.started()
    await edit(id)
    expect(await scene.offered()).toEqual([])
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({ state: 'paused', why: { code: 'plan-unverified' } })
    await call(scene.people.operator, contract.stopRollout, { params: { id } })
  })

  test('or whose audience was widened before a server took it over, never starts', async () => {
    const made = await scene.create({ audience: { hardwareRevision: 'B' } })
    await scene.approve(made, 'approver')
    // The signer holds still meanwhile: what a server has verified once it keeps, and no edit reaches that.
    signer.child.kill('SIGSTOP')
    await scene.approve(made, 'admin')
    await scene.sql(
      `update deployment_rollout set audience = (select string_agg(int8send(id), '' order by id) from inventory_device where tenant_id = $2) where id = $1`,
      made.id,
      scene.tenant.id,
    )
    signer.child.kill('SIGCONT')
    await expect
      .poll(
        async () =>
          (await scene.sql('select 1 from signing_statement where encode(digest, $1) = $2', 'hex', made.planDigest))
            .length,
      )
      .toBe(1)
    await scene.tick()
    expect(await scene.get(made.id)).toMatchObject({
      state: 'awaiting-approval',
      verified: false,
      signing: { state: 'signed' },
    })
    expect(await starting(made.id)).toBe('deployment/plan-invalid')
  })
})
