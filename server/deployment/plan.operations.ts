import type { PlanRequest, Preview } from '@suture/contract/rollout-plan.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { asJson, type RolloutPlan, readRolloutPlan } from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { z } from 'zod'
import { type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { emit } from '#platform/events/event.queries.ts'
import { createGate } from '#platform/gate.ts'
import type { Caller } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { deviceCondition } from '../inventory/index.ts'
import { writeAudience } from './audience.ts'
import { uncoveredAmong } from './caution.operations.ts'
import { findQuarantines } from './caution.queries.ts'
import { type EarlierQuarantine, leaveOutQuarantined, quarantinesAgainst, type Revision, toldOf } from './caution.ts'
import type { PlanParts } from './parts.ts'
import { findCandidates, insertRollout } from './plan.queries.ts'
import { type Candidate, excludedBecause, strataOf, warningsOf } from './plan.ts'
import { saltOf } from './reach.ts'
import { type Release, releaseForPlan } from './release.operations.ts'
import { getRollout } from './view.operations.ts'

type Request = z.output<typeof PlanRequest>

/** As many devices as the filter of one plan may name: the audience is held in memory while the rollout runs. */
const mostDevices = 200_000
/** The longest time in which a plan may run, in milliseconds; the signer signs no longer one. */
const longestWindow = 366 * 24 * 3600 * 1000

interface Sorted {
  readonly release: Release
  readonly eligible: readonly Candidate[]
  readonly excluded: z.output<typeof Preview>['excluded']
  /** The earlier quarantines that speak against the plan, and the revisions that it includes in spite of them. */
  readonly against: readonly EarlierQuarantine[]
  readonly named: readonly Revision[]
}

const contradicts = (problem: string): never => {
  throw new Refusal('deployment/plan-invalid', { problem })
}

async function sortOut(scoped: Scoped, parts: PlanParts, caller: Caller, given: Request): Promise<Sorted> {
  const release = await releaseForPlan(scoped, parts.signerKeys, given.release)
  const { q, ...filter } = given.audience
  const where = await deviceCondition(scoped, q, parts.fields, { caller, now: parts.clock.now() })
  const candidates = await findCandidates(scoped, { ...filter, where }, mostDevices + 1)
  if (candidates.length > mostDevices) throw new Refusal('deployment/audience-too-large', { limit: mostDevices })
  const sorted = Map.groupBy(candidates, (device) => excludedBecause(release, device))
  const models = [...new Set(candidates.map(({ modelId }) => modelId))]
  const against = quarantinesAgainst(release, await findQuarantines(scoped, models, undefined))
  const told = leaveOutQuarantined(sorted.get(undefined) ?? [], against, given.includeQuarantined)
  if (!told.ok) return contradicts(told.problem)
  const { eligible, leftOut, named } = told
  const excluded: Sorted['excluded'] = [...sorted].flatMap(([why, devices]) =>
    why === undefined ? [] : [{ why, devices: devices.length }],
  )
  if (leftOut > 0) excluded.push({ why: 'quarantined-earlier', devices: leftOut })
  return { release, eligible, excluded, against, named }
}

/** The canonical bytes of a plan: what people approve. */
function bytesOf(plan: RolloutPlan, now: Date): Buffer {
  if (Date.parse(plan.notAfter) <= now.getTime()) contradicts('The plan ends in the past.')
  if (Date.parse(plan.notAfter) - Date.parse(plan.notBefore) > longestWindow)
    contradicts('The plan may run for longer than a year.')
  try {
    const bytes = canonicalBytes(asJson(plan))
    readRolloutPlan(bytes)
    return bytes
  } catch (error) {
    if (error instanceof VerificationError) return contradicts(error.message)
    throw error
  }
}

interface Made {
  readonly id: string
  readonly tenant: string
  readonly createdBy: string
  readonly at: Date
}

function planOf(
  given: Request,
  { release, eligible, named }: Sorted,
  { id, tenant, createdBy, at }: Made,
  audience: Buffer,
): RolloutPlan {
  return {
    type: 'suture.rollout-plan.v1',
    tenant,
    plan: id,
    name: given.name,
    release: given.release,
    createdBy,
    createdAt: at.toISOString(),
    artifacts: release.artifacts,
    audience: { digest: sha256(audience), count: eligible.length },
    waves: given.waves,
    limits: given.limits,
    notBefore: given.notBefore.toISOString(),
    notAfter: given.notAfter.toISOString(),
    ...(named.length > 0 ? { includeQuarantined: named } : {}),
  }
}

async function make(scoped: Scoped, parts: PlanParts, caller: Caller, given: Request) {
  const sorted = await sortOut(scoped, parts, caller, given)
  if (sorted.eligible.length === 0) {
    const { excluded, against, named } = sorted
    throw new Refusal('deployment/nobody-eligible', { excluded, quarantined: toldOf(against, [], named) })
  }
  const at = parts.clock.now()
  const made = { id: newId(at), tenant: await tenantUid(scoped), createdBy: scoped.scope.actor.id, at }
  const audience = writeAudience(sorted.eligible.map(({ id }) => id))
  const plan = planOf(given, sorted, made, audience)
  const bytes = bytesOf(plan, at)
  return { ...sorted, plan, bytes, audience, at, strata: strataOf(sorted.eligible, made.id, given.waves) }
}

/** Every device has its place drawn, a second's work for a large fleet, so only few previews are made at once. */
const previews = createGate({ atOnce: 2, waiting: 16 })

/** Says what a plan would come to, and stores nothing; which devices come first is drawn anew for each plan. */
export const previewRollout = (parts: PlanParts, store: Store, caller: Caller, given: Request) =>
  previews.run(() =>
    withScope(store, caller.scope, async (scoped): Promise<z.output<typeof Preview>> => {
      const { strata, plan, release, excluded, eligible, against, named } = await make(scoped, parts, caller, given)
      const ids = eligible.map(({ id }) => id)
      return {
        version: release.version,
        devices: eligible.length,
        strata: strata.map(({ manufacturer, model, hardwareRevision, devices, shares }) => ({
          manufacturer,
          model,
          hardwareRevision,
          devices,
          waves: shares.map((share) => share.devices),
        })),
        excluded,
        warnings: warningsOf(strata, plan, parts.pollSeconds),
        cautions: {
          quarantined: toldOf(against, strata, named),
          uncovered: await uncoveredAmong(scoped, given.release, release.version, ids),
        },
      }
    }),
  )

/** Freezes a plan and its audience. Only a person makes one: the maker's own approval must not count. */
export async function createRollout(parts: PlanParts, store: Store, caller: Caller, given: Request) {
  if (caller.scope.actor.kind !== 'user') throw new Refusal('auth/person-needed')
  const id = await withScope(store, caller.scope, async (scoped) => {
    const { plan, bytes, audience, strata, at } = await make(scoped, parts, caller, given)
    const { name, release, createdBy } = plan
    const stored = {
      id: plan.plan,
      name,
      release,
      plan: bytes,
      audience,
      salt: saltOf(plan.plan),
      createdBy,
      createdAt: at,
    }
    await insertRollout(scoped, { ...stored, waves: plan.waves.length, strata })
    const detail = {
      name,
      release,
      planDigest: sha256(bytes),
      devices: plan.audience.count,
      q: given.audience.q ?? null,
    }
    await emit(scoped, parts.clock, { kind: 'rollout.created', subject: plan.plan, detail })
    return plan.plan
  })
  return getRollout(parts, store, caller.scope, id)
}
