import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { call } from '@suture/contract/client.ts'
import { getEvidence, getEvidencePack, listEvidence, packEvidence } from '@suture/contract/compliance.ts'
import { stopRollout } from '@suture/contract/deployment.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { fillKnowledge } from '@suture/testing/one-row-each.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome, type TestServer } from '@suture/testing/world.ts'
import { verifyEvidencePack } from '@suture/trust/evidence-pack.ts'
import { type EvidencePack, packParts } from '@suture/trust/pack-file.ts'
import { parseSignerKeys } from '@suture/trust/signer-keys.ts'
import { expect, test } from 'vitest'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 2 }, (stage) => {
  ;({ server, scene } = stage)
})

const waves = [{ pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 }]
const noLimit = { maxFailurePercent: 99, minimumSample: 2, beyond: 'quarantine' as const }

/** A rollout of which one device is verified and one lied, over; the vulnerability is one that the old version has. */
async function ended(): Promise<string> {
  const { id } = await scene.started({
    waves,
    limits: { ...scene.plan().limits, maxFailurePercent: 99, perRevision: noLimit },
  })
  await fillKnowledge(server.database.urls.superuser)
  await scene.sql(
    `insert into intelligence_match (tenant_id, bill_id, vulnerability_id, component_id, verdict, explanation, matched_at)
       select $1, f.bill_id, 'CVE-2000-0001', 1, 'affected', '{}', now()
         from inventory_firmware f where f.tenant_id = $1 and f.version = $2`,
    scene.tenant.id,
    versions.before,
  )
  const [honest, liar] = scene.devices
  await honest?.update('success', versions.after)
  await liar?.update('success')
  // Nobody installs anything in the very millisecond in which it was offered.
  clock.pass(1)
  await scene.verify()
  await scene.pass(4)
  await scene.verify()
  await scene.until(id, ({ state }) => state === 'finished')
  return id
}

/** Waits for the signer, which has a process of its own. */
async function signed(id: string): Promise<EvidencePack> {
  const patience = Date.now() + 40_000
  for (;;) {
    const { state, refusal } = await call(scene.people.auditor, getEvidence, { params: { id } })
    if (state === 'signed') break
    if (state === 'refused' || Date.now() > patience) throw new Error(`The evidence is ${state}: ${refusal}`)
    await after(20)
  }
  const pack = await call(scene.people.auditor, getEvidencePack, { params: { id } })
  return pack as unknown as EvidencePack
}

const signerKeys = () => parseSignerKeys(readFileSync(scene.parts.signerKeys))
const verify = (pack: EvidencePack) => verifyEvidencePack(Buffer.concat([...packParts(pack)]), signerKeys())

test('a rollout that is over is packed into evidence that verifies with the signer’s public keys alone', async () => {
  const rollout = await ended()
  const { id, digest } = await call(scene.people.auditor, packEvidence, { params: { rollout } })
  const { document, results, findings } = verify(await signed(id))
  expect(document).toMatchObject({ rollout, tenant: scene.tenant.uid, outcome: 'finished', quarantined: [] })
  expect(document.results.states).toMatchObject({ verified: 1, disputed: 1 })
  const honest = results.find(({ state }) => state === 'verified')
  expect(honest).toMatchObject({ assurance: 'observed', before: versions.before, after: versions.after, wave: 1 })
  expect(results.find(({ state }) => state === 'disputed')).toMatchObject({ after: versions.before })
  expect(findings).toEqual([
    { device: honest?.device, vulnerability: 'CVE-2000-0001', closedAt: honest?.observedAt, assurance: 'observed' },
  ])
  const listed = await call(scene.people.auditor, listEvidence, { query: { rollout } })
  expect(listed.items).toMatchObject([{ id, digest, state: 'signed' }])
})

test('a device that was never offered the update is in the evidence, and is no success', async () => {
  const { id: rollout } = await scene.started({ waves })
  const [only] = scene.devices
  await only?.update('success', versions.after)
  await scene.verify()
  await call(scene.people.operator, stopRollout, { params: { id: rollout } })
  await scene.tick()
  const { id } = await call(scene.people.auditor, packEvidence, { params: { rollout } })
  const { document } = verify(await signed(id))
  expect(document).toMatchObject({ outcome: 'stopped' })
  expect(document.results.states).toMatchObject({ verified: 1, 'not-offered': 1 })
})

test('nothing is packed of a rollout that goes on, that nobody knows, or for somebody who may not see every site', async () => {
  const { id: rollout } = await scene.started({ waves })
  const pack = (params: { rollout: string }, who = scene.people.auditor) => outcome(who, packEvidence, { params })
  expect(await pack({ rollout })).toEqual({ code: 'compliance/rollout-not-over', status: 409 })
  expect(await pack({ rollout: crypto.randomUUID() })).toEqual({ code: 'compliance/rollout-unknown', status: 404 })
  await scene.devices[0]?.offered()
  await call(scene.people.operator, stopRollout, { params: { id: rollout } })
  expect(await pack({ rollout })).toEqual({ code: 'compliance/rollout-not-over', status: 409 })
  await scene.sql(
    `update platform_user set site_ids = '{}' where tenant_id = $1 and login like 'auditor@%'`,
    scene.tenant.id,
  )
  expect(await pack({ rollout })).toEqual({ code: 'auth/all-sites-needed', status: 403 })
  expect(await scene.sql('select id from compliance_evidence where rollout_id = $1', rollout)).toEqual([])
})

test('a rollout that was stopped before it began has nothing to prove, and is not told to be under way', async () => {
  const { id: rollout } = await scene.create({ waves })
  await call(scene.people.operator, stopRollout, { params: { id: rollout } })
  const asked = await call(scene.people.auditor, packEvidence, { params: { rollout } }).catch((error) => error)
  expect(asked.problem).toMatchObject({
    code: 'compliance/nothing-proven',
    missing: expect.stringContaining('before it began'),
  })
})

test('a plan, an approval or a verdict that was changed in the database proves nothing', async () => {
  const rollout = await ended()
  const pack = () => outcome(scene.people.auditor, packEvidence, { params: { rollout } })
  const refused = { code: 'compliance/nothing-proven', status: 409 }
  await scene.sql(`update deployment_rollout set plan = plan || ' ' where id = $1`, rollout)
  expect(await pack()).toEqual(refused)
  await scene.sql(`update deployment_rollout set plan = substring(plan for length(plan) - 1) where id = $1`, rollout)
  const forged = 'A'.repeat(86).concat('==')
  await scene.sql('update deployment_approval set signature = $2 where rollout_id = $1', rollout, forged)
  const packed = await call(scene.people.auditor, packEvidence, { params: { rollout } })
  await expect(signed(packed.id)).rejects.toThrow('refused')
  await scene.sql(
    `update releases_release set verdict_digest = sha256('x')
      where id = (select release_id from deployment_rollout where id = $1)`,
    rollout,
  )
  expect(await pack()).toEqual(refused)
})

test('a pack that was changed after it was signed is caught by whoever verifies it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-pack-'))
  try {
    const { id } = await call(scene.people.auditor, packEvidence, { params: { rollout: await ended() } })
    const pack = await signed(id)
    const file = join(folder, 'pack.json')
    writeFileSync(file, Buffer.concat([...packParts(pack)]))
    expect(verifyEvidencePack(readFileSync(file), signerKeys()).results).toHaveLength(2)
    const forged = { ...pack, results: pack.results.map((each) => ({ ...each, state: 'verified' as const })) }
    expect(() => verify(forged)).toThrow('results')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
