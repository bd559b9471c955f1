import { randomUUID } from 'node:crypto'
import type { SigningRefusal } from '@suture/contract/signing.ts'
import { draftPack, type PackDraft, packKeys, packPublicKeys, sealPack } from '@suture/testing/evidence-pack.ts'
import { approve } from '@suture/trust/approval.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { newSigningKey, publicHalf, publicPem } from '@suture/trust/keys.ts'
import type { EvidencePack } from '@suture/trust/pack-file.ts'
import { payloadTypes } from '@suture/trust/statements.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Member } from './roster.ts'
import { rules } from './rules.ts'

const hour = (n: number, ms = 0) => new Date(Date.UTC(2026, 5, 1, n) + ms)
// In a draft the plan is made at 3, the rollout runs from 4 to 8, and the evidence is of 9.
const now = hour(10)
const digestOf = (text: string) => sha256(Buffer.from(text))

interface Asked {
  readonly draft: PackDraft
  readonly pack: EvidencePack
  readonly members: Member[]
  proofs: { plan: unknown; release: unknown; approvals: { keyId: string; signature: string }[] }
  payload: Buffer
  tenant: string
}

const bytesOf = ({ payload }: { payload: string }) => Buffer.from(payload, 'base64')

/** A request that the signer would sign, after a change to what is asked about. */
function asking(change: (draft: PackDraft) => void = () => undefined): Asked {
  const draft = draftPack()
  change(draft)
  const pack = sealPack(draft)
  const { tenant } = draft.release
  const members = draft.people.map(({ person, name, key }): Member => {
    const publicKey = publicPem(publicHalf(key))
    return { person, name, tenant, role: 'approver', keyId: key.keyId, publicKey, enrolledAt: hour(0).toISOString() }
  })
  const approvals = pack.approvals.map(({ keyId, signature }) => ({ keyId, signature }))
  const proofs = { plan: pack.plan, release: pack.release, approvals }
  return { draft, pack, members, proofs, payload: bytesOf(pack.statement), tenant }
}

const judge = ({ payload, proofs, tenant, members }: Asked, at = now) => {
  const { 'rollout-plan': planKey, 'release-publish': releaseKey } = packPublicKeys
  const grounds = { roster: { counter: 1, members }, releaseKey, planKey, now: at }
  return rules.evidence.judge({ payload, proofs, tenant }, grounds)
}
const ofDraft = (change: (draft: PackDraft) => void) => judge(asking(change))?.refusal
const ofAsked = (change: (asked: Asked) => unknown) => {
  const asked = asking()
  change(asked)
  return judge(asked)?.refusal
}
const member = (asked: Asked, at: number, change: Partial<Member>) =>
  asked.members.splice(at, 1, { ...(asked.members[at] as Member), ...change })

test('evidence is signed for a plan and a release that the signer signed, with the people who approved', () => {
  expect(judge(asking())).toBeUndefined()
})

test.each<[string, SigningRefusal, (draft: PackDraft) => void]>([
  ['another plan', 'evidence-mismatch', (d) => (d.statement = { plan: digestOf('x') })],
  ['another release', 'evidence-mismatch', (d) => (d.statement = { release: digestOf('x') })],
  ['another verdict', 'evidence-mismatch', (d) => (d.statement = { verdict: digestOf('x') })],
  ['a release without its verdict', 'evidence-mismatch', (d) => (d.verdictNamed = null)],
  [
    'more devices than the plan',
    'evidence-mismatch',
    (d) => (d.plan = { ...d.plan, audience: { ...d.plan.audience, count: 4 } }),
  ],
  ['another tenant’s plan', 'release-mismatch', (d) => (d.plan = { ...d.plan, tenant: randomUUID() })],
  ['a plan for another release', 'release-mismatch', (d) => (d.plan = { ...d.plan, release: randomUUID() })],
  [
    'a plan for other artifacts',
    'release-mismatch',
    (d) => (d.plan = { ...d.plan, artifacts: [{ sha256: digestOf('x'), length: 1 }] }),
  ],
  [
    'a rollout before its time',
    'evidence-mismatch',
    (d) => (d.plan = { ...d.plan, notBefore: hour(4, 1).toISOString() }),
  ],
  [
    'a rollout before its plan',
    'evidence-mismatch',
    (d) => (d.plan = { ...d.plan, createdAt: hour(4, 1).toISOString() }),
  ],
  [
    'a rollout after its time',
    'evidence-mismatch',
    (d) => (d.plan = { ...d.plan, notAfter: hour(4, -1).toISOString() }),
  ],
  [
    'the maker as approver',
    'approvers-mismatch',
    (d) => (d.plan = { ...d.plan, createdBy: d.people[0]?.person ?? '' }),
  ],
  ['one approver', 'document-invalid', (d) => d.people.pop()],
  ['states that count more devices', 'document-invalid', (d) => (d.statement = overcounting(d))],
  ['an end before its beginning', 'document-invalid', (d) => (d.statement = { endedAt: hour(3).toISOString() })],
])('evidence of %s is refused: %s', (_, refusal, change) => {
  expect(ofDraft(change)).toBe(refusal)
})

function overcounting(draft: PackDraft): PackDraft['statement'] {
  const { digest, devices, states } = sealedResults(draft)
  return { results: { digest, devices, states: { ...states, verified: states.verified + 1 } } }
}
const sealedResults = (draft: PackDraft) =>
  JSON.parse(bytesOf(sealPack(draft).statement).toString()).results as NonNullable<PackDraft['statement']['results']>

test.each<[string, SigningRefusal, (asked: Asked) => unknown]>([
  ['is asked for by another tenant', 'tenant-mismatch', (a) => (a.tenant = randomUUID())],
  ['has no plan', 'plan-unproven', (a) => (a.proofs.plan = null)],
  ['has no release', 'release-unproven', (a) => (a.proofs.release = null)],
  ['has the release for a plan', 'plan-unproven', (a) => (a.proofs.plan = a.proofs.release)],
  [
    'has a plan that another key signed',
    'plan-unproven',
    (a) => (a.proofs.plan = signEnvelope(payloadTypes.rolloutPlan, bytesOf(a.pack.plan), packKeys.evidence)),
  ],
  [
    'has a release that the lab signed',
    'release-unproven',
    (a) => (a.proofs.release = signEnvelope(payloadTypes.releasePublish, bytesOf(a.pack.release), packKeys.lab)),
  ],
  ['has another plan’s proofs', 'release-mismatch', (a) => (a.proofs.plan = asking().proofs.plan)],
  ['has nobody’s approvals', 'approvers-mismatch', (a) => (a.proofs.approvals = [])],
  ['lacks one approval', 'approvers-mismatch', (a) => a.proofs.approvals.pop()],
  [
    'has one approval twice',
    'approvers-mismatch',
    (a) => a.proofs.approvals.splice(0, 1, ...a.proofs.approvals.slice(1)),
  ],
  [
    'has an approval of something else',
    'approvers-mismatch',
    (a) => a.proofs.approvals.splice(0, 1, approve(digestOf('x'), a.draft.people[0]?.key ?? packKeys.lab)),
  ],
  ['names somebody else than the key’s owner', 'approvers-mismatch', (a) => member(a, 0, { person: randomUUID() })],
  ['names a lab', 'approvers-mismatch', (a) => member(a, 0, { role: 'lab' })],
  ['names another tenant’s approver', 'approvers-mismatch', (a) => member(a, 0, { tenant: randomUUID() })],
  ['names nobody who is enrolled', 'approvers-mismatch', (a) => a.members.pop()],
])('evidence that %s is refused: %s', (_, refusal, change) => {
  expect(ofAsked(change)).toBe(refusal)
})

test('one tenant has no evidence signed for the plan and the release of another', () => {
  const thief = randomUUID()
  const asked = asking((draft) => (draft.statement = { tenant: thief }))
  asked.tenant = thief
  expect(judge(asked)).toEqual({ refusal: 'evidence-mismatch', detail: 'The evidence names another tenant’s plan.' })
})

test('whoever approved and is not named is missed', () => {
  const asked = asking()
  const key = newSigningKey()
  const third = { person: randomUUID(), keyId: key.keyId, publicKey: publicPem(publicHalf(key)) }
  asked.proofs.approvals.push(approve(sha256(bytesOf(asked.pack.plan)), key))
  expect(judge(asked)).toBeUndefined()
  asked.members.push({ ...(asked.members[0] as Member), ...third })
  expect(judge(asked)).toMatchObject({
    refusal: 'approvers-mismatch',
    detail: `${third.person} approved the plan and is not named.`,
  })
  // The same person with a second key is named already.
  asked.members.splice(2, 1, { ...(asked.members[2] as Member), person: asked.members[0]?.person ?? '' })
  expect(judge(asked)).toBeUndefined()
})

test('a person’s second key does not make them another person', () => {
  const key = newSigningKey()
  const somebody = randomUUID()
  const naming = (person: string) =>
    asking((draft) => {
      const first = draft.people.map(({ person, key: { keyId } }) => ({ person, keyId }))
      draft.statement = { approvers: [...first, { person, keyId: key.keyId }] }
    })
  const asked = naming(somebody)
  asked.members.push({ ...(asked.members[0] as Member), keyId: key.keyId, publicKey: publicPem(publicHalf(key)) })
  asked.proofs.approvals.push(approve(sha256(bytesOf(asked.pack.plan)), key))
  expect(judge(asked)).toEqual({
    refusal: 'approvers-mismatch',
    detail: `Nothing proves that ${somebody} approved the plan.`,
  })
})

test('an approver counts who was one between the making of the plan and the beginning of the rollout', () => {
  const with_ = (change: Partial<Member>) => ofAsked((asked) => member(asked, 0, change))
  expect(with_({ revokedAt: hour(3).toISOString() })).toBe('approvers-mismatch')
  expect(with_({ revokedAt: hour(3, 1).toISOString() })).toBeUndefined()
  expect(with_({ revokedAt: hour(9).toISOString() })).toBeUndefined()
  expect(with_({ enrolledAt: hour(4, 5 * 60_000).toISOString() })).toBeUndefined()
  expect(with_({ enrolledAt: hour(4, 5 * 60_000 + 1).toISOString() })).toBe('approvers-mismatch')
})

test('evidence of a time that has not come is refused, but for a clock that is a little ahead', () => {
  expect(judge(asking(), hour(9, -5 * 60_000))).toBeUndefined()
  expect(judge(asking(), hour(9, -5 * 60_000 - 1))?.refusal).toBe('evidence-premature')
})

test('no document of another purpose is signed as evidence, nor evidence for another', () => {
  const asked = asking()
  expect(judge({ ...asked, payload: bytesOf(asked.pack.plan) })?.refusal).toBe('document-invalid')
  const { payload, tenant, members } = asked
  const grounds = { roster: { counter: 1, members }, releaseKey: packPublicKeys['release-publish'], now }
  for (const purpose of ['rollout-plan', 'release-publish'] as const) {
    const question = { payload, tenant, proofs: { approvals: [], release: null, verdict: null } }
    expect(rules[purpose].judge(question, { ...grounds, planKey: packPublicKeys['rollout-plan'] })?.refusal).toBe(
      'document-invalid',
    )
  }
})

test('whatever the proofs of evidence are, the rule answers and does not fail', () => {
  const asked = asking()
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('plan', 'release', 'approvals'), (value, name) => {
      expect(judge({ ...asked, proofs: { ...asked.proofs, [name]: value } })).toBeDefined()
      expect(judge({ ...asked, proofs: value as never })).toBeDefined()
    }),
  )
})
