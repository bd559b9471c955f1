import { runCampaign } from '@suture/testing/hostile/campaign.ts'
import { sabotagedEntry, startSigner } from '@suture/testing/signer-process.ts'
import { makeSigningWorld } from '@suture/testing/signing-world.ts'
import { expect, test } from 'vitest'

/** A seed that no run had before, and for the sabotages one that finds each of them; SUTURE_SEED repeats a run. */
const given = process.env.SUTURE_SEED || undefined
const fresh = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
const fixed = given === undefined ? 20_261_122 : Number(given)

/** One campaign against a signer of its own; the seed, which is printed, repeats it. */
async function campaign(seed: number, edits: number, options: { readonly sabotage?: string } = {}) {
  const world = await makeSigningWorld()
  const signer = await startSigner({
    home: world.home,
    url: world.database.urls.signer,
    ...(options.sabotage === undefined ? {} : { entry: sabotagedEntry, env: { SUTURE_SABOTAGE: options.sabotage } }),
  })
  expect(signer.ready, signer.said()).toBe(true)
  process.stdout.write(`hostile campaign with SUTURE_SEED=${seed}\n`)
  try {
    const outcome = await runCampaign(world, seed, edits)
    process.stdout.write(`${JSON.stringify({ seed, edits, ...options, ...outcome, wrong: outcome.wrong.length })}\n`)
    return outcome
  } finally {
    await signer.end('SIGTERM')
    await world.end()
  }
}

test('two hundred edits by somebody who can write everything in the database get nothing signed that nobody approved', async () => {
  const outcome = await campaign(fresh, 200)
  expect(outcome.wrong, `seed ${fresh}`).toEqual([])
  expect(outcome.failed, `seed ${fresh}`).toEqual([])
  // Neither vacuous: what was approved is signed, forged statements lie in the table, and they do not verify.
  expect(outcome.verified.journalled).toBeGreaterThanOrEqual(13)
  expect(outcome.stored).toBeGreaterThan(outcome.verified.stored)
  for (const code of [
    'approvals-missing',
    'document-invalid',
    'verdict-unproven',
    'verdict-failed',
    'release-unproven',
    'approvers-mismatch',
    'evidence-mismatch',
    'plan-unproven',
  ]) {
    expect(outcome.refusals[code], code).toBeGreaterThan(0)
  }
}, 120_000)

test('the edits of the sabotages get nothing signed by a signer that is none', async () => {
  expect((await campaign(fixed, 84)).wrong).toEqual([])
}, 120_000)

test('the same edits are found out when the signer skips the second approval', async () => {
  const { wrong } = await campaign(fixed, 84, { sabotage: 'skip-second-approval' })
  expect(wrong).toContain('signed a plan that no two people approved')
}, 120_000)

test('the same edits are found out when the signer accepts any verdict', async () => {
  const { wrong } = await campaign(fixed, 84, { sabotage: 'accept-any-verdict' })
  expect(wrong).toContain('signed a release-publish for a release that no lab of its tenant passed')
}, 120_000)

test('the same edits are found out when the signer believes whatever evidence says about approvers', async () => {
  const { wrong } = await campaign(fixed, 84, { sabotage: 'accept-any-approver' })
  expect(wrong).toContain('signed evidence of people who did not approve')
}, 120_000)

test('the same edits are found out when the signer believes whatever evidence says about plans', async () => {
  const { wrong } = await campaign(fixed, 84, { sabotage: 'accept-any-evidence' })
  expect(wrong).toContain('signed evidence of a plan that was never signed')
  expect(wrong).toContain('signed evidence of another number of devices than the plan')
}, 120_000)
