import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { MovedClock } from '@suture/testing/clock.ts'
import { setScene } from '@suture/testing/signer-scene.ts'
import * as scene from '@suture/testing/signing-world.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { systemScope, withScope } from '#platform/database/store.ts'
import { createLog } from '#platform/log.ts'
import { findStatement, readSignerKeys, requestSignature, verifyStatement } from '../index.ts'
import { signerHome } from '../signer-home.ts'
import { revoke } from './ceremony.ts'
import { readJournal } from './journal.ts'
import { rules } from './rules.ts'
import { Signer } from './signer.ts'

test('a plan that two people approved for a release that the lab passed is signed, and the statement verifies', async () => {
  const { world, running, approvedPlan } = await setScene()
  const signer = await running()
  expect(signer.ready, signer.said()).toBe(true)
  const keys = readSignerKeys(signerHome(world.home).public)
  const latencies: number[] = []
  for (let n = 0; n < 20; n++) {
    const { tenant, payload, ask } = await approvedPlan()
    const began = performance.now()
    expect(await scene.decided(world, (await ask()).id)).toMatchObject({ state: 'signed' })
    latencies.push(performance.now() - began)
    const envelope = await withScope(world.database.app, systemScope(tenant.id, 'test'), (scoped) =>
      findStatement(scoped, 'rollout-plan', sha256(payload)),
    )
    if (!envelope) throw new Error('The statement was not stored')
    expect(scene.bytesOf(verifyStatement(keys, 'rollout-plan', tenant.uid, envelope).document)).toEqual(payload)
    expect(() => verifyStatement(keys, 'rollout-plan', world.tenants[1].uid, envelope)).toThrow('another tenant')
    expect(() => verifyStatement(keys, 'release-publish', tenant.uid, envelope)).toThrow('another type')
  }
  process.stdout.write(`request to decision: median ${latencies.toSorted((a, b) => a - b)[10]?.toFixed(0)} ms\n`)
})

test('a refused plan is signed when it is asked for again with the approval that was missing', async () => {
  const { world, running, approvedPlan } = await setScene()
  await running()
  const { proofs, ask } = await approvedPlan()
  const first = await ask({ approvals: proofs.approvals.slice(0, 1) })
  expect(await scene.decided(world, first.id)).toMatchObject({ state: 'refused', refusal_code: 'approvals-missing' })
  const second = await ask()
  expect(second.id).not.toBe(first.id)
  expect(await scene.decided(world, second.id)).toMatchObject({ state: 'signed' })
  expect(await ask()).toEqual({ id: second.id, state: 'signed' })
})

test('a revocation holds for the next decision of a running signer', async () => {
  const { world, running, approvedPlan } = await setScene()
  await running()
  const { tenant, payload, proofs, ask } = await approvedPlan()
  const [, second, third = tenant.maker] = tenant.approvers
  revoke(world.ceremony, { tenant: tenant.uid, keyId: second?.key.keyId ?? '' }, new Date())
  expect(await scene.decided(world, (await ask()).id)).toMatchObject({ refusal_code: 'approvals-missing' })
  const byMaker = [...proofs.approvals, scene.consent(world.truth, tenant.maker, payload)]
  expect(await scene.decided(world, (await ask({ approvals: byMaker })).id)).toMatchObject({
    refusal_code: 'approvals-missing',
  })
  const approvals = [...byMaker, scene.consent(world.truth, third, payload)]
  expect(await scene.decided(world, (await ask({ approvals })).id)).toMatchObject({ state: 'signed' })
})

test('a signer whose sealed file is changed or replaced by an older one while it runs signs nothing more', async () => {
  const { world, running, approvedPlan } = await setScene()
  const { sealed } = signerHome(world.home)
  const now = readFileSync(sealed)
  copyFileSync(sealed, `${sealed}.older`)
  await running()
  const { tenant, ask } = await approvedPlan()
  const outcome = async () => scene.decided(world, (await ask()).id)

  const at = now.indexOf('ciphertext') + 40
  const other = Buffer.from(now[at] === 65 ? 'B' : 'A')
  writeFileSync(sealed, Buffer.concat([now.subarray(0, at), other, now.subarray(at + 1)]))
  expect(await outcome()).toMatchObject({ refusal_code: 'home-damaged' })
  writeFileSync(sealed, now)

  revoke(world.ceremony, { tenant: tenant.uid, keyId: tenant.approvers[1]?.key.keyId ?? '' }, new Date())
  expect(await outcome()).toMatchObject({ refusal_code: 'approvals-missing' })
  copyFileSync(`${sealed}.older`, sealed)
  expect(await outcome()).toMatchObject({ refusal_code: 'home-rolled-back' })
})

test('a signer that starts on an older roster than its journal knows signs nothing', async () => {
  const { world, running, approvedPlan } = await setScene()
  const { sealed } = signerHome(world.home)
  copyFileSync(sealed, `${sealed}.older`)
  revoke(world.ceremony, { tenant: world.tenants[1].uid, keyId: world.tenants[1].lab.key.keyId }, new Date())
  const asked = await (async () => {
    await using _signer = await running()
    return await approvedPlan()
  })()
  copyFileSync(`${sealed}.older`, sealed)
  await running()
  expect(await scene.decided(world, (await asked.ask()).id)).toMatchObject({ refusal_code: 'home-rolled-back' })
})

test('a row that asks for the same again and again is journalled once', async () => {
  const { world, running, approvedPlan, askAgain } = await setScene()
  await running()
  const { proofs, ask } = await approvedPlan()
  const { id } = await ask({ approvals: proofs.approvals.slice(0, 1) })
  for (let n = 0; n < 4; n++) {
    expect(await scene.decided(world, id)).toMatchObject({ state: 'refused' })
    await askAgain(id)
  }
  await scene.decided(world, id)
  const entries = [...readJournal(signerHome(world.home).journal)].filter((entry) => entry.request === id)
  expect(entries).toHaveLength(1)
})

test('a flood of requests is refused slowly, and what may be signed does not wait behind it', async () => {
  const { world, approvedPlan, waiting } = await setScene()
  // In this process, with a clock that stands: a second of the flood is as long as the test says.
  const clock = new MovedClock()
  const { home, ceremony, database } = world
  const parts = { home, lock: ceremony.lock, url: database.urls.signer, rules, clock, log: createLog('silent') }
  const signer = new Signer(parts)
  const running = signer.run(() => undefined)
  onTestFinished(async () => {
    signer.stop()
    await running
  })
  const { tenant, payload, proofs } = await approvedPlan()
  const purpose = 'rollout-plan'
  const { id } = await withScope(database.app, systemScope(tenant.id, 'test'), async (scoped) => {
    for (let n = 0; n < 160; n++)
      await requestSignature(scoped, systemClock, { purpose, payload: Buffer.from(`{"n":${n}}`), proofs: {} })
    return requestSignature(scoped, systemClock, { purpose, payload, proofs })
  })
  expect(await scene.decided(world, id)).toMatchObject({ state: 'signed' })
  const refused = () =>
    [...readJournal(signerHome(home).journal)].filter(({ decision }) => decision === 'refused').length
  expect({ refused: refused(), waiting: await waiting() }).toEqual({ refused: 100, waiting: 60 })
  for (const left of [40, 20, 0]) {
    clock.pass(1)
    await expect.poll(() => waiting()).toBe(left)
  }
  expect(refused()).toBe(160)
})
