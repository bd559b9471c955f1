import {
  draftPack,
  type PackDraft,
  packBytes,
  packKeys,
  packPublicKeys,
  saidOfChanged,
  saidOfDraft,
  saidOfPack,
  sealPack,
} from '@suture/testing/evidence-pack.ts'
import { expect, test } from 'vitest'
import { canonicalBytes } from './canonical.ts'
import { sha256 } from './digest.ts'
import { signEnvelope } from './dsse.ts'
import { type PassedCheck, verifyEvidencePack } from './evidence-pack.ts'
import { newSigningKey, publicHalf, publicPem } from './keys.ts'
import { asJson, payloadTypes, type RolloutPlan } from './statements.ts'

const names = ['file', 'statement', 'plan', 'release', 'verdict', 'approvals', 'proofs', 'results', 'findings']
const good = sealPack(draftPack())
const goodBytes = packBytes(good)

test('a pack verifies with the signer’s three public keys, and says what each check showed', () => {
  const passed: PassedCheck[] = []
  const { document, results, findings, checks } = verifyEvidencePack(goodBytes, packPublicKeys, {
    passed: (check) => passed.push(check),
  })
  expect(checks.map(({ check }) => check)).toEqual(names)
  expect(passed).toEqual(checks)
  expect(results).toEqual(good.results)
  expect(findings).toEqual(good.findings)
  expect(document.results.states).toMatchObject({ verified: 2, failed: 1, silent: 1, 'not-offered': 1, disputed: 0 })
  expect(checks.find(({ check }) => check === 'results')?.detail).toContain('verified 2')
})

test.each(['evidence', 'rollout-plan', 'release-publish'] as const)(
  'another key for %s verifies no pack',
  (purpose) => {
    const failed = { evidence: 'statement', 'rollout-plan': 'plan', 'release-publish': 'release' }[purpose]
    const other = { ...packPublicKeys, [purpose]: publicHalf(newSigningKey()) }
    expect(saidOfPack(goodBytes, other)).toBe(`${failed}: 0 of the expected keys signed the envelope; 1 must.`)
    const [first, second] = [packPublicKeys.evidence, packPublicKeys['rollout-plan']]
    const swapped = { ...packPublicKeys, evidence: second, 'rollout-plan': first }
    expect(saidOfPack(goodBytes, swapped)).toMatch(/^statement: 0 of the expected keys/)
  },
)

// From here on everything is signed by the right keys, and only one thing is not true.
test.each<[string, string, (draft: PackDraft) => void]>([
  ['another plan', 'plan: The statement names another plan.', (d) => (d.statement = { plan: sha256(Buffer.of(1)) })],
  [
    'another tenant’s plan',
    'plan: The plan belongs to another tenant.',
    (d) => (d.plan = { ...d.plan, tenant: d.plan.plan }),
  ],
  [
    'a plan for more devices',
    'plan: The plan is for 6 devices, the results are of 5.',
    (d) => (d.plan = { ...d.plan, audience: { ...d.plan.audience, count: 6 } }),
  ],
  [
    'a plan that begins later',
    'plan: The rollout began before the plan allowed it.',
    (d) => (d.plan = { ...d.plan, notBefore: '2026-06-01T05:00:00.000Z' }),
  ],
  [
    'a plan made later',
    'plan: The rollout began before the plan allowed it.',
    (d) => (d.plan = { ...d.plan, createdAt: '2026-06-01T05:00:00.000Z' }),
  ],
  [
    'a plan that was over',
    'plan: The rollout began after the plan had ended.',
    (d) => (d.plan = { ...d.plan, notAfter: '2026-06-01T03:30:00.000Z' }),
  ],
  [
    'another release statement',
    'release: The statement names another release.',
    (d) => (d.statement = { release: sha256(Buffer.of(1)) }),
  ],
  [
    'a plan for another release',
    'release: The plan is for another release.',
    (d) => (d.plan = { ...d.plan, release: d.plan.plan }),
  ],
  [
    'a plan for other artifacts',
    'release: The plan’s artifacts are not those of the release.',
    (d) => (d.plan = { ...d.plan, artifacts: [{ sha256: sha256(Buffer.of(1)), length: 4096 }] }),
  ],
  [
    'a release that names no verdict',
    'verdict: The release statement names no verdict.',
    (d) => Object.assign(d, { verdictNamed: null }),
  ],
  [
    'a release that names another verdict',
    'verdict: The release statement names another verdict.',
    (d) => Object.assign(d, { verdictNamed: sha256(Buffer.of(1)) }),
  ],
  [
    'a statement that names another verdict',
    'verdict: The statement names another verdict.',
    (d) => (d.statement = { verdict: sha256(Buffer.of(1)) }),
  ],
  [
    'a verdict on another release',
    'verdict: The verdict is about another release.',
    (d) => (d.verdict = { ...d.verdict, release: d.plan.plan }),
  ],
  [
    'another tenant’s verdict',
    'verdict: The verdict is about another release.',
    (d) => (d.verdict = { ...d.verdict, tenant: d.plan.plan }),
  ],
  [
    'a verdict on other artifacts',
    'verdict: The lab tested other artifacts.',
    (d) => (d.verdict = { ...d.verdict, artifacts: [sha256(Buffer.of(1))] }),
  ],
  [
    'a failed verdict',
    'verdict: The lab did not pass the release.',
    (d) => (d.verdict = { ...d.verdict, verdict: 'failed' }),
  ],
  [
    'an approval by the maker',
    'approvals: The plan’s maker is among its approvers.',
    (d) => (d.plan = { ...d.plan, createdBy: d.people[0]?.person ?? '' }),
  ],
  [
    'one person twice',
    'statement: An approver is named twice.',
    (d) => d.people.splice(1, 1, { ...(d.people[0] as PackDraft['people'][0]), key: newSigningKey() }),
  ],
  [
    'one key for two people',
    'statement: Two approvers have one key.',
    (d) => d.people.splice(1, 1, { ...(d.people[1] as PackDraft['people'][0]), key: d.people[0]?.key ?? packKeys.lab }),
  ],
  ['one approver', 'file: /approvals must be a list of 2 to 64.', (d) => d.people.pop()],
  [
    'approvers whom the statement does not name',
    'approvals: The approvals are not those',
    (d) =>
      (d.statement = {
        approvers: d.people.map(({ key }, at) => ({ person: d.people[1 - at]?.person ?? '', keyId: key.keyId })),
      }),
  ],
  [
    'a verdict signed otherwise than the statement has it',
    'proofs: The proofs are not',
    (d) => {
      d.pack = { verdict: signEnvelope(payloadTypes.labVerdict, canonicalBytes(asJson(d.verdict)), newSigningKey()) }
    },
  ],
])('a pack with %s is red', (_, why, change) => {
  expect(saidOfDraft(change)).toContain(why)
})

test('an approval counts for its own plan and under its own key alone', () => {
  const [ada, bo] = good.approvals
  if (!ada || !bo) throw new Error('The pack has no approvals')
  expect(saidOfChanged(good, (pack) => (pack.approvals = [{ ...ada, signature: bo.signature }, bo]))).toBe(
    `approvals: ${ada.person} did not approve this plan.`,
  )
  const stranger = publicPem(publicHalf(newSigningKey()))
  expect(saidOfChanged(good, (pack) => (pack.approvals = [{ ...ada, publicKey: stranger }, bo]))).toBe(
    `approvals: The key of ${ada.person} has another name than ${ada.keyId}.`,
  )
  expect(saidOfChanged(good, (pack) => (pack.approvals = [{ ...ada, publicKey: 'no key' }, bo]))).toMatch(
    /^approvals: The text is/,
  )
  expect(saidOfChanged(good, (pack) => (pack.approvals = [bo, ada]))).toMatch(/^approvals: .* in its order/)
  expect(saidOfChanged(good, (pack) => (pack.approvals = [{ ...ada, name: 'Eve' }, bo]))).toMatch(/^proofs: /)
})

test('a document of one kind does not pass for another, whoever signed it', () => {
  const plan = JSON.parse(Buffer.from(good.plan.payload, 'base64').toString()) as RolloutPlan
  const asStatement = signEnvelope(payloadTypes.rolloutEvidence, canonicalBytes(asJson(plan)), packKeys.evidence)
  expect(saidOfChanged(good, (pack) => (pack.statement = asStatement))).toMatch(/^statement: .*must be/)
  expect(saidOfChanged(good, (pack) => (pack.statement = pack.plan))).toMatch(
    /^statement: The envelope is of another type/,
  )
  expect(saidOfChanged(good, (pack) => (pack.verdict = pack.release))).toMatch(
    /^verdict: The envelope is of another type/,
  )
})
