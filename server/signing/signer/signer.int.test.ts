import { fork } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { query } from '@suture/testing/database.ts'
import { startSigner } from '@suture/testing/signer-process.ts'
import { violations } from '@suture/testing/signing-truth.ts'
import * as scene from '@suture/testing/signing-world.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemScope, withScope } from '#platform/database/store.ts'
import { findStatement, readSignerKeys, signerHome, verifyStatement } from '../index.ts'
import { revoke } from './ceremony.ts'
import { readJournal } from './journal.ts'

let world: scene.SigningWorld

beforeAll(async () => {
  world = await scene.makeSigningWorld()
})
afterAll(() => world?.end())

/** A signer of the shared world that the running test stops. */
async function running(options: { readonly passphrase?: string } = {}) {
  const signer = await startSigner({ home: world.home, url: world.database.urls.signer, ...options })
  return Object.assign(signer, { [Symbol.asyncDispose]: async () => void (await signer.end('SIGTERM')) })
}

/** A plan that two people of the first tenant approved, and what proves it. */
async function approvedPlan() {
  const [tenant] = world.tenants
  const { release, statement } = await scene.signedRelease(world, tenant)
  const payload = scene.bytesOf(scene.newPlan(tenant, release))
  const approvals = tenant.approvers.slice(0, 2).map((person) => scene.consent(world.truth, person, payload))
  return { tenant, payload, proofs: { approvals, release: statement } }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const journal = () => [...readJournal(signerHome(world.home).journal)]

test('a plan that two people approved for a release that the lab passed is signed, and the statement verifies', async () => {
  await using signer = await running()
  expect(signer.ready, signer.said()).toBe(true)
  const latencies: number[] = []
  for (let n = 0; n < 20; n++) {
    const { tenant, payload, proofs } = await approvedPlan()
    const began = performance.now()
    const { id } = await scene.ask(world, tenant, 'rollout-plan', payload, proofs)
    expect(await scene.decided(world, id)).toMatchObject({ state: 'signed' })
    latencies.push(performance.now() - began)
    const scope = systemScope(tenant.id, 'test')
    const envelope = await withScope(world.database.app, scope, (scoped) =>
      findStatement(scoped, 'rollout-plan', sha256(payload)),
    )
    if (!envelope) throw new Error('The statement was not stored')
    const { document } = verifyStatement(
      readSignerKeys(signerHome(world.home).public),
      'rollout-plan',
      tenant.uid,
      envelope,
    )
    expect(scene.bytesOf(document)).toEqual(payload)
    const foreign = () =>
      verifyStatement(readSignerKeys(signerHome(world.home).public), 'rollout-plan', world.tenants[1].uid, envelope)
    expect(foreign).toThrow('another tenant')
    const otherPurpose = () =>
      verifyStatement(readSignerKeys(signerHome(world.home).public), 'release-publish', tenant.uid, envelope)
    expect(otherPurpose).toThrow('another type')
  }
  process.stdout.write(`request to decision: median ${latencies.toSorted((a, b) => a - b)[10]?.toFixed(0)} ms\n`)
})

test('a refused plan is signed when it is asked for again with the approval that was missing', async () => {
  await using _signer = await running()
  const { tenant, payload, proofs } = await approvedPlan()
  const first = await scene.ask(world, tenant, 'rollout-plan', payload, {
    ...proofs,
    approvals: proofs.approvals.slice(0, 1),
  })
  expect(await scene.decided(world, first.id)).toMatchObject({ state: 'refused', refusal_code: 'approvals-missing' })
  const second = await scene.ask(world, tenant, 'rollout-plan', payload, proofs)
  expect(second.id).not.toBe(first.id)
  expect(await scene.decided(world, second.id)).toMatchObject({ state: 'signed' })
  expect(await scene.ask(world, tenant, 'rollout-plan', payload, proofs)).toEqual({ id: second.id, state: 'signed' })
})

test('a revocation holds for the next decision of a running signer', async () => {
  await using _signer = await running()
  const { tenant, payload, proofs } = await approvedPlan()
  const [, second] = tenant.approvers
  revoke(world.ceremony, { tenant: tenant.uid, keyId: second?.key.keyId ?? '' }, new Date())
  const { id } = await scene.ask(world, tenant, 'rollout-plan', payload, proofs)
  expect(await scene.decided(world, id)).toMatchObject({ state: 'refused', refusal_code: 'approvals-missing' })
  const approvals = [...proofs.approvals, scene.consent(world.truth, tenant.maker, payload)]
  const third = tenant.approvers[2] ?? tenant.maker
  const again = await scene.ask(world, tenant, 'rollout-plan', payload, {
    ...proofs,
    approvals: [...approvals, scene.consent(world.truth, third, payload)],
  })
  expect(await scene.decided(world, again.id)).toMatchObject({ state: 'signed' })
})

test('a signer that is killed again and again signs nothing twice differently, and everything in the end', async () => {
  const ids: string[] = []
  const asked: Awaited<ReturnType<typeof approvedPlan>>[] = []
  {
    await using _signer = await running()
    for (let n = 0; n < 24; n++) asked.push(await approvedPlan())
  }
  for (let round = 0; round < 8; round++) {
    const signer = await running()
    for (const { tenant, payload, proofs } of asked.splice(0, 3)) {
      const [first, , third] = tenant.approvers
      const approvals = [first, third].map((person) => scene.consent(world.truth, person ?? tenant.maker, payload))
      ids.push((await scene.ask(world, tenant, 'rollout-plan', payload, { ...proofs, approvals })).id)
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
    expect(await signer.end('SIGKILL')).toBe('SIGKILL')
  }
  // The last line of the journal may have been cut short by the power.
  writeFileSync(signerHome(world.home).journal, '{"half":', { flag: 'a' })
  await using _signer = await running()
  for (const id of ids) expect(await scene.decided(world, id)).toMatchObject({ state: 'signed' })
  const signed = journal().flatMap((entry) => (entry.statement === undefined ? [] : [JSON.stringify(entry.statement)]))
  const stored = (await scene.storedEnvelopes(world)).map(String)
  expect(violations(world.truth, scene.publicKeys(world), [...stored, ...signed]).wrong).toEqual([])
  expect(new Set(signed)).toEqual(new Set(stored))
})

test('a signer goes on when its connection to PostgreSQL is cut', async () => {
  await using signer = await running()
  const { tenant, payload, proofs } = await approvedPlan()
  await query(
    world.database.urls.superuser,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'suture signer'`,
  )
  const { id } = await scene.ask(world, tenant, 'rollout-plan', payload, {
    ...proofs,
    approvals: [tenant.approvers[0], tenant.approvers[2]].map((person) =>
      scene.consent(world.truth, person ?? tenant.maker, payload),
    ),
  })
  expect(await scene.decided(world, id)).toMatchObject({ state: 'signed' })
  expect(signer.said()).toContain('cannot serve, trying again')
})

test('a second signer says that there is one, and ends', async () => {
  await using _signer = await running()
  const second = await startSigner({ home: world.home, url: world.database.urls.signer })
  expect(second.ready).toBe(false)
  expect(await second.ended).toBe(1)
  expect(second.said()).toBe('Another signer already serves this database; only one may run.\n')
})

test('a signer ends with SIGTERM as a success', async () => {
  const signer = await running()
  expect(await signer.end('SIGTERM')).toBe(0)
})

test('a signer ends when the process that started it is killed', async () => {
  const path = fileURLToPath(import.meta.resolve('@suture/testing/signer-parent.ts'))
  const parent = fork(path, [world.home, world.database.urls.signer], { execArgv: [], stdio: 'ignore' })
  const pid = await new Promise<number>((resolve) => parent.once('message', ({ pid }: { pid: number }) => resolve(pid)))
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
})

test('a wrong passphrase is one sentence and exit code 1', async () => {
  const signer = await running({ passphrase: 'another passphrase' })
  expect(await signer.ended).toBe(1)
  expect(signer.said()).toBe(
    'The signer’s sealed.json does not open: the passphrase is wrong, or the file was changed.\n',
  )
})

test('a signer whose sealed file is changed or replaced by an older one while it runs signs nothing more', async () => {
  const { sealed } = signerHome(world.home)
  const now = readFileSync(sealed)
  const older = `${sealed}.older`
  copyFileSync(sealed, older)
  await using _signer = await running()
  const { tenant, payload, proofs } = await approvedPlan()
  const outcome = async () => scene.decided(world, (await scene.ask(world, tenant, 'rollout-plan', payload, proofs)).id)

  const at = now.indexOf('ciphertext') + 40
  writeFileSync(
    sealed,
    Buffer.concat([now.subarray(0, at), Buffer.from(now[at] === 65 ? 'B' : 'A'), now.subarray(at + 1)]),
  )
  expect(await outcome()).toMatchObject({ refusal_code: 'home-damaged' })
  writeFileSync(sealed, now)

  revoke(world.ceremony, { tenant: tenant.uid, keyId: tenant.approvers[2]?.key.keyId ?? '' }, new Date())
  expect(await outcome()).toMatchObject({ refusal_code: 'approvals-missing' })
  copyFileSync(older, sealed)
  expect(await outcome()).toMatchObject({ refusal_code: 'home-rolled-back' })
  rmSync(older)
})

test('a signer that starts on an older roster than its journal knows signs nothing', async () => {
  await using _signer = await running()
  const [, tenant] = world.tenants
  const release = scene.newRelease(tenant)
  const verdict = scene.testRelease(world.truth, tenant.lab, release)
  const { id } = await scene.ask(world, tenant, 'release-publish', scene.bytesOf(release), { verdict })
  expect(await scene.decided(world, id)).toMatchObject({ refusal_code: 'home-rolled-back' })
})

test('a journal with one changed character stops the signer from starting', async () => {
  const { journal } = signerHome(world.home)
  const text = readFileSync(journal, 'utf8')
  writeFileSync(journal, text.replace('"signed"', '"Signed"'))
  const signer = await running()
  expect(await signer.ended).toBe(1)
  expect(signer.said()).toMatch(/^The signer’s journal was changed at line \d+ of .*\n$/)
  writeFileSync(journal, text)
})
