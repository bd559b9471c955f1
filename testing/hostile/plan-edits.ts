import { randomUUID } from 'node:crypto'
import type { Approval } from '@suture/trust/approval.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { payloadTypes, type RolloutPlan } from '@suture/trust/statements.ts'
import { anyDigest, bytesOf, consent, newPlan, newRelease, type SigningTenant } from '../signing-world.ts'
import { type Attack, accomplice, type Edit, evilPlan, insert, other } from './attack.ts'

/** Asks to sign a new plan with whatever approvals the attacker can get together. */
const withApprovals =
  (gather: (attack: Attack, tenant: SigningTenant, payload: Buffer) => readonly Approval[]): Edit =>
  (attack) => {
    const { tenant, payload, statement } = evilPlan(attack)
    return insert(attack, tenant, 'rollout-plan', payload, {
      approvals: gather(attack, tenant, payload),
      release: statement,
    })
  }

/** Approvals that do not suffice. */
export const approvalEdits: Readonly<Record<string, Edit>> = {
  'no approval': withApprovals(() => []),
  'one approver': withApprovals((attack, tenant, payload) => [
    consent(attack.world.truth, accomplice(attack, tenant), payload),
  ]),
  'one approver twice': withApprovals((attack, tenant, payload) => {
    const one = consent(attack.world.truth, accomplice(attack, tenant), payload)
    return [one, one, { ...one }]
  }),
  'one approver under another’s key id': withApprovals((attack, tenant, payload) => {
    const [first, second] = tenant.approvers
    const one = consent(attack.world.truth, first ?? tenant.maker, payload)
    return [one, { ...one, keyId: second?.key.keyId ?? '' }]
  }),
  'the maker approves': withApprovals((attack, tenant, payload) => [
    consent(attack.world.truth, accomplice(attack, tenant), payload),
    consent(attack.world.truth, tenant.maker, payload),
  ]),
  'another tenant’s approvers': withApprovals((attack, tenant, payload) => [
    consent(attack.world.truth, accomplice(attack, tenant), payload),
    ...other(attack, tenant).approvers.map((person) => consent(attack.world.truth, person, payload)),
  ]),
  'a revoked approver': withApprovals((attack, tenant, payload) => [
    consent(attack.world.truth, accomplice(attack, tenant), payload),
    consent(attack.world.truth, tenant.revoked, payload),
  ]),
  'keys that nobody enrolled': withApprovals((attack, tenant, payload) => [
    consent(attack.world.truth, accomplice(attack, tenant), payload),
    consent(attack.world.truth, attack.world.outsider, payload),
  ]),
  'the lab’s key approves': withApprovals((attack, tenant, payload) => [
    consent(attack.world.truth, accomplice(attack, tenant), payload),
    consent(attack.world.truth, tenant.lab, payload),
  ]),
  'approvals of another plan': (attack) => {
    const { tenant, payload, statement } = evilPlan(attack)
    const { proofs } = attack.random.pick(attack.plans)
    return insert(attack, tenant, 'rollout-plan', payload, { approvals: proofs.approvals, release: statement })
  },
  'sixty-five approvals': withApprovals((attack, tenant, payload) =>
    Array(65).fill(consent(attack.world.truth, accomplice(attack, tenant), payload)),
  ),
}

/** A copy of an approved plan with one thing changed, under its old approvals. */
const editedPlan =
  (change: (plan: RolloutPlan, attack: Attack, tenant: SigningTenant) => Partial<RolloutPlan>): Edit =>
  (attack) => {
    const { tenant, payload, proofs } = attack.random.pick(attack.plans)
    const plan = JSON.parse(payload.toString()) as RolloutPlan
    return insert(attack, tenant, 'rollout-plan', bytesOf({ ...plan, ...change(plan, attack, tenant) }), proofs)
  }

/** Plans that are not what was approved. */
export const planEdits: Readonly<Record<string, Edit>> = {
  'another artifact': editedPlan(() => ({ artifacts: [{ sha256: anyDigest(), length: 1 }] })),
  'a larger audience': editedPlan(() => ({ audience: { digest: anyDigest(), count: 9_999_999 } })),
  'no waiting between waves': editedPlan((plan) => ({
    waves: plan.waves.map((wave) => ({ ...wave, soakSeconds: 0 })),
  })),
  'a later end': editedPlan(() => ({ notAfter: new Date(Date.now() + 100 * 24 * 3600_000).toISOString() })),
  'another maker': editedPlan(() => ({ createdBy: randomUUID() })),
  'another tenant in the bytes': editedPlan((_, attack, tenant) => ({ tenant: other(attack, tenant).uid })),
  'another release’s statement': (attack) => {
    const { tenant, payload } = evilPlan(attack)
    const approvals = tenant.approvers.slice(0, 2).map((person) => consent(attack.world.truth, person, payload))
    const foreign = attack.releases.find(
      ({ release }) => release.release !== (JSON.parse(payload.toString()) as RolloutPlan).release,
    )
    return insert(attack, tenant, 'rollout-plan', payload, { approvals, release: foreign?.statement })
  },
  'an approved plan for a release that was never signed': (attack) => {
    const tenant = attack.random.pick(attack.world.tenants)
    const release = newRelease(tenant)
    const payload = bytesOf(newPlan(tenant, release))
    const approvals = tenant.approvers.slice(0, 2).map((person) => consent(attack.world.truth, person, payload))
    const forged = signEnvelope(payloadTypes.releasePublish, bytesOf(release), attack.world.outsider.key)
    return insert(attack, tenant, 'rollout-plan', payload, { approvals, release: forged })
  },
}

/** Approved by two people, but with bytes that two parsers may read differently. */
const trick =
  (play: (text: string) => string): Edit =>
  (attack) => {
    const { tenant, plan, statement } = evilPlan(attack)
    const payload = Buffer.from(play(bytesOf(plan).toString()))
    const approvals = tenant.approvers.slice(0, 2).map((person) => consent(attack.world.truth, person, payload))
    return insert(attack, tenant, 'rollout-plan', payload, { approvals, release: statement })
  }

/** Bytes that are not canonical, approved by two people all the same. */
export const encodingEdits: Readonly<Record<string, Edit>> = {
  'a key given twice': trick((text) => text.replace('{', `{"audience":{"count":1,"digest":"${anyDigest()}"},`)),
  'keys in another order': trick((text) =>
    JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed())),
  ),
  '50000000.0': trick((text) => text.replace('50000000', '50000000.0')),
  '5e7': trick((text) => text.replace('50000000', '5e7')),
  'a needless escape': trick((text) => text.replace('Evil', '\\u0045vil')),
  'another Unicode form': trick((text) => text.replace('Evil', 'E\u0301vil')),
  'a character that turns the text round': trick((text) => text.replace('Evil', '\u202eEvil')),
  'blanks and a byte order mark': trick((text) => `\ufeff ${text}\n`),
  'an unknown field': trick((text) => text.replace(/}$/, ',"zone":"all"}')),
  'a prototype': trick((text) => text.replace('{', '{"__proto__":{"percent":100},')),
}
