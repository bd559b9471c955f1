import { randomUUID } from 'node:crypto'
import type { Approval } from '@suture/trust/approval.ts'
import type { Envelope } from '@suture/trust/dsse.ts'
import type { ReleasePublish, RolloutEvidence, RolloutPlan } from '@suture/trust/statements.ts'
import type { Random } from '../random.ts'
import type { SignedRollout } from '../signing-evidence.ts'
import { anyDigest, bytesOf, newPlan, type SigningTenant, type SigningWorld } from '../signing-world.ts'

/** What an attacker with full write access to the database has to work with. */
export interface Attack {
  readonly world: SigningWorld
  readonly random: Random
  /** As the superuser. */
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
  /** What was truly signed so far. */
  readonly releases: readonly {
    readonly tenant: SigningTenant
    readonly release: ReleasePublish
    readonly statement: Envelope
  }[]
  readonly plans: readonly { readonly tenant: SigningTenant; readonly payload: Buffer; readonly proofs: PlanProofs }[]
  /** Rollouts whose evidence was truly signed. */
  readonly ended: readonly { readonly rollout: SignedRollout; readonly evidence: RolloutEvidence }[]
  /** Runs something while the signer looks at a schema that is about to be mended again. */
  readonly meanwhile: () => Promise<void>
}

interface PlanProofs {
  readonly approvals: readonly Approval[]
  readonly release: unknown
}

/** One thing that an attacker does. */
export type Edit = (attack: Attack) => Promise<unknown>

/** Asks for a signature behind the server’s back. */
export const insert = ({ sql }: Attack, tenant: SigningTenant, purpose: string, payload: Buffer, proofs: unknown) =>
  sql(
    `insert into signing_request (tenant_id, id, purpose, payload, proofs, requested_at, requested_by)
     values ($1, $2, $3, $4, $5, now(), 'an attacker')`,
    [tenant.id, randomUUID(), purpose, payload, JSON.stringify(proofs)],
  )

/** What makes a decided row ask again, as SQL. */
export const again = `state = 'requested', refusal_code = null, refusal_detail = null, decided_at = null`

/** A plan for a signed release that nobody has seen yet. */
export function evilPlan({ random, releases }: Attack) {
  const { tenant, release, statement } = random.pick(releases)
  const plan: RolloutPlan = {
    ...newPlan(tenant, release),
    name: 'Evil',
    audience: { digest: anyDigest(), count: 50_000_000 },
  }
  return { tenant, plan, payload: bytesOf(plan), statement }
}

/** One approver who approves anything. */
export const accomplice = (attack: Attack, tenant: SigningTenant) => attack.random.pick(tenant.approvers)
/** The tenant that this one is not. */
export const other = ({ world: { tenants } }: Attack, tenant: SigningTenant) =>
  tenants[0] === tenant ? tenants[1] : tenants[0]
