import { randomUUID } from 'node:crypto'
import type { SigningRefusal } from '@suture/contract/signing.ts'
import { approve } from '@suture/trust/approval.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import {
  asJson,
  type LabVerdict,
  payloadTypes,
  type ReleasePublish,
  type RolloutPlan,
} from '@suture/trust/statements.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Member } from './roster.ts'
import { rules } from './rules.ts'

const now = new Date('2026-06-01T12:00:00.000Z')
const newUuid = (): string => randomUUID()
const [tenant, foreign, release] = [newUuid(), newUuid(), newUuid()]
const digestOf = (text: string) => sha256(Buffer.from(text))
const [releaseKey, planKey] = [newSigningKey(), newSigningKey()]

interface Candidate {
  readonly key: SigningKey
  readonly member: Member
}
const candidate = (changes: Partial<Member> = {}): Candidate => {
  const key = newSigningKey()
  const publicKey = publicPem(publicHalf(key))
  const base = {
    person: randomUUID(),
    name: 'Somebody',
    tenant,
    role: 'approver',
    enrolledAt: now.toISOString(),
  } as const
  return { key, member: { ...base, keyId: key.keyId, publicKey, ...changes } }
}
const good = [candidate(), candidate(), candidate()]
const maker = candidate()
const bad = [
  maker,
  candidate({ revokedAt: now.toISOString() }),
  candidate({ tenant: foreign }),
  candidate({ role: 'lab' }),
  candidate({ person: good[0]?.member.person ?? '' }),
]
const unknown = candidate()
const lab = candidate({ role: 'lab' })
const roster = { counter: 1, members: [...good, ...bad, lab].map(({ member }) => member) }
const grounds = { roster, releaseKey: publicHalf(releaseKey), planKey: publicHalf(planKey), now }

const published: ReleasePublish = {
  type: 'suture.release-publish.v1',
  tenant,
  release,
  name: 'Firmware 4',
  artifacts: [
    { sha256: digestOf('a'), length: 1 },
    { sha256: digestOf('b'), length: 2 },
  ],
  createdBy: maker.member.person,
  createdAt: now.toISOString(),
}
const plan: RolloutPlan = {
  type: 'suture.rollout-plan.v1',
  tenant,
  plan: randomUUID(),
  name: 'Plan',
  release,
  createdBy: maker.member.person,
  createdAt: now.toISOString(),
  artifacts: published.artifacts.toReversed(),
  audience: { digest: digestOf('audience'), count: 10 },
  waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }],
  limits: {
    silenceSeconds: 60,
    maxFailurePercent: 1,
    perRevision: { maxFailurePercent: 1, minimumSample: 1, beyond: 'stop' },
    revisions: [],
  },
  notBefore: now.toISOString(),
  notAfter: '2026-06-02T12:00:00.000Z',
}
const verdict: LabVerdict = {
  type: 'suture.lab-verdict.v1',
  tenant,
  release,
  artifacts: published.artifacts.map((each) => each.sha256),
  verdict: 'passed',
  rigs: [{ rig: 'bench', cell: { model: 'DL-20', hardwareRevision: 'B' } }],
  uncovered: [],
  at: now.toISOString(),
}

const bytes = (document: RolloutPlan | ReleasePublish | LabVerdict) => canonicalBytes(asJson(document))
const statement = (document = published, key = releaseKey) =>
  signEnvelope(payloadTypes.releasePublish, bytes(document), key)
const judgePlan = (
  document: RolloutPlan,
  approvers: readonly Candidate[],
  signed: unknown = statement(),
  asking = tenant,
) => {
  const payload = bytes(document)
  const approvals = approvers.map(({ key }) => approve(sha256(payload), key))
  return rules['rollout-plan'].judge({ payload, proofs: { approvals, release: signed }, tenant: asking }, grounds)
    ?.refusal
}
const judgeRelease = (envelope: unknown, document = published) =>
  rules['release-publish'].judge({ payload: bytes(document), proofs: { verdict: envelope }, tenant }, grounds)?.refusal
const labSays = (changes: Partial<LabVerdict>, key = lab.key) =>
  signEnvelope(payloadTypes.labVerdict, bytes({ ...verdict, ...changes }), key)

test('a plan passes exactly when two different people who may approve it did, whoever else approved', () => {
  const anyone = fc.constantFrom(...good, ...bad, unknown)
  fc.assert(
    fc.property(fc.array(anyone, { maxLength: 7 }), (approvers) => {
      const counted = new Set(
        approvers.filter((each) => good.includes(each) || each === bad[4]).map(({ member }) => member.person),
      )
      expect(judgePlan(plan, approvers)).toBe(counted.size >= 2 ? undefined : 'approvals-missing')
    }),
    { numRuns: 150 },
  )
})

test('approvals hold for no other plan', () => {
  const approvals = good.map(({ key }) => approve(sha256(bytes(plan)), key))
  fc.assert(
    fc.property(fc.integer({ min: 11, max: 100_000_000 }), (count) => {
      const payload = bytes({ ...plan, audience: { ...plan.audience, count } })
      const asked = { payload, proofs: { approvals, release: statement() }, tenant }
      expect(rules['rollout-plan'].judge(asked, grounds)?.refusal).toBe('approvals-missing')
    }),
  )
})

const other = [{ sha256: digestOf('c'), length: 1 }]
test.each<[string, SigningRefusal, RolloutPlan, unknown, string?]>([
  [
    'is over',
    'plan-expired',
    { ...plan, notBefore: '2026-05-01T00:00:00.000Z', notAfter: now.toISOString() },
    statement(),
  ],
  ['may run for over a year', 'window-invalid', { ...plan, notAfter: '2027-06-03T00:00:00.000Z' }, statement()],
  ['was made in the future', 'window-invalid', { ...plan, createdAt: '2026-06-01T12:06:00.000Z' }, statement()],
  ['ends before it begins', 'document-invalid', { ...plan, notAfter: '2026-05-01T00:00:00.000Z' }, statement()],
  ['is asked for by another tenant', 'tenant-mismatch', plan, statement(), foreign],
  ['has no release', 'release-unproven', plan, null],
  ['has a release signed by the lab', 'release-unproven', plan, statement(published, lab.key)],
  ['has another release', 'release-mismatch', plan, statement({ ...published, release: randomUUID() })],
  ['has another tenant’s release', 'release-mismatch', plan, statement({ ...published, tenant: foreign })],
  ['has other artifacts', 'release-mismatch', { ...plan, artifacts: other }, statement()],
  ['has fewer artifacts', 'release-mismatch', { ...plan, artifacts: plan.artifacts.slice(0, 1) }, statement()],
  [
    'has another length',
    'release-mismatch',
    plan,
    statement({ ...published, artifacts: published.artifacts.map((each) => ({ ...each, length: 9 })) }),
  ],
])('a plan that %s is refused: %s', (_, refusal, document, signed, asking) => {
  expect(judgePlan(document, good, signed, asking)).toBe(refusal)
})

test('a release passes with a verdict of its own lab on exactly its artifacts', () => {
  expect(judgeRelease(labSays({}))).toBeUndefined()
  expect(judgeRelease(labSays({}), { ...published, verdict: sha256(bytes(verdict)) })).toBeUndefined()
})

test.each<[string, SigningRefusal, unknown, ReleasePublish?]>([
  ['none', 'verdict-unproven', undefined],
  ['an approver’s', 'verdict-unproven', labSays({}, good[0]?.key)],
  ['an unknown key’s', 'verdict-unproven', labSays({}, unknown.key)],
  ['another tenant’s lab’s', 'verdict-unproven', labSays({}), { ...published, tenant: foreign }],
  ['a failed one', 'verdict-failed', labSays({ verdict: 'failed' })],
  ['one on another digest', 'verdict-mismatch', labSays({ artifacts: [digestOf('c'), digestOf('b')] })],
  ['one on fewer artifacts', 'verdict-mismatch', labSays({ artifacts: [digestOf('a')] })],
  ['one on more artifacts', 'verdict-mismatch', labSays({ artifacts: ['a', 'b', 'c'].map(digestOf) })],
  ['one on another release', 'verdict-mismatch', labSays({ release: randomUUID() })],
  ['another than it names', 'verdict-mismatch', labSays({}), { ...published, verdict: digestOf('x') }],
])('a release whose verdict is %s is refused: %s', (_, refusal, envelope, document = published) => {
  const asked = { payload: bytes(document), proofs: { verdict: envelope }, tenant: document.tenant }
  expect(rules['release-publish'].judge(asked, grounds)?.refusal).toBe(refusal)
})

test('no document of one purpose is signed for another', () => {
  const asPlan = { payload: bytes(published), proofs: { approvals: [], release: statement() }, tenant }
  expect(rules['rollout-plan'].judge(asPlan, grounds)?.refusal).toBe('document-invalid')
  const asRelease = { payload: bytes(plan), proofs: { verdict: labSays({}) }, tenant }
  expect(rules['release-publish'].judge(asRelease, grounds)?.refusal).toBe('document-invalid')
})

test('whatever the proofs are, a rule answers and does not fail', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (proofs, inner) => {
      for (const each of [
        proofs,
        { approvals: inner, release: inner },
        { approvals: [], release: inner },
        { verdict: inner },
      ]) {
        expect(rules['rollout-plan'].judge({ payload: bytes(plan), proofs: each, tenant }, grounds)).toBeDefined()
        expect(
          rules['release-publish'].judge({ payload: bytes(published), proofs: each, tenant }, grounds),
        ).toBeDefined()
      }
    }),
  )
})
