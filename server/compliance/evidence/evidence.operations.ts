import { canonicalBytes, type Json } from '@suture/trust/canonical.ts'
import { readEnvelope } from '@suture/trust/dsse.ts'
import type { EvidencePack } from '@suture/trust/pack-file.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { type Caller, mustSeeAllSites } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { rolloutResults } from '../../deployment/index.ts'
import { findStatement, readSignerKeys, requestSignature, verifyStatement } from '../../signing/index.ts'
import type {} from './events.ts'
import {
  approvalsOf,
  countOpenJobs,
  findEvidence,
  findingsClosedBy,
  findReleaseDigest,
  findRollout,
  findVerdict,
  insertEvidence,
  quarantinedOf,
  viewEvidence,
} from './evidence.queries.ts'
import { type Parts, resultOf, stateEvidence } from './evidence.ts'

const over = ['finished', 'stopped', 'expired'] as const
type Over = (typeof over)[number]

const missing = (what: string): never => {
  throw new Refusal('compliance/nothing-proven', { missing: what })
}

/** A statement of the signer, verified now; what the database says about it counts for nothing. */
async function proven<P extends 'rollout-plan' | 'release-publish'>(
  scoped: Scoped,
  keysFile: string,
  purpose: P,
  tenant: string,
  digest: string | undefined,
) {
  const envelope = digest === undefined ? undefined : await findStatement(scoped, purpose, digest)
  if (envelope === undefined) return missing(`the signed ${purpose}`)
  try {
    return { ...verifyStatement(readSignerKeys(keysFile), purpose, tenant, envelope), envelope: readEnvelope(envelope) }
  } catch (error) {
    if (error instanceof VerificationError) return missing(`${purpose}: ${error.message}`)
    throw error
  }
}

async function endedRollout(scoped: Scoped, id: string) {
  const rollout = await findRollout(scoped, id)
  if (!rollout) throw new Refusal('compliance/rollout-unknown')
  const { state, started_at: startedAt, ended_at: endedAt } = rollout
  if (!(over as readonly string[]).includes(state) || endedAt === null || (await countOpenJobs(scoped, id)) > 0)
    throw new Refusal('compliance/rollout-not-over', { state })
  if (startedAt === null) return missing('a start: the rollout ended before it began, and touched no device')
  return { ...rollout, outcome: state as Over, startedAt, endedAt }
}

/** Everything of a pack but the signer's word for it, and what the statement says beside it. */
async function collect(scoped: Scoped, keysFile: string, tenant: string, id: string) {
  const rollout = await endedRollout(scoped, id)
  const plan = await proven(scoped, keysFile, 'rollout-plan', tenant, rollout.plan_digest.toString('hex'))
  const releaseDigest = await findReleaseDigest(scoped, plan.document.release)
  const release = await proven(scoped, keysFile, 'release-publish', tenant, releaseDigest)
  const verdictDigest = release.document.verdict ?? missing('the release names no verdict')
  const verdict = (await findVerdict(scoped, verdictDigest)) ?? missing('the lab’s verdict')
  const results = (await rolloutResults(scoped, keysFile, id)) ?? missing('the plan that the signer signed')
  const parts: Parts = {
    plan: plan.envelope as EvidencePack['plan'],
    release: release.envelope as EvidencePack['release'],
    verdict: readEnvelope(verdict),
    approvals: (await approvalsOf(scoped, id)).map((row) => ({
      person: row.person,
      name: row.person_name,
      keyId: row.key_id,
      publicKey: row.public_key,
      signature: row.signature,
    })),
    results: results.map(resultOf),
    findings: await findingsClosedBy(scoped, id),
  }
  const quarantined = await quarantinedOf(scoped, id)
  return {
    rollout,
    parts,
    quarantined,
    digests: { plan: plan.digest, release: release.digest, verdict: verdictDigest },
  }
}

/** Collects what proves how a rollout ended, and asks the signer to sign it. */
export const packEvidence = (store: Store, clock: Clock, caller: Caller, keysFile: string, id: string) =>
  withScope(store, caller.scope, async (scoped) => {
    mustSeeAllSites(caller.scope)
    const { rollout, parts, quarantined, digests } = await collect(scoped, keysFile, caller.tenant.id, id)
    const at = clock.now()
    const { outcome, startedAt, endedAt } = rollout
    const about = { tenant: caller.tenant.id, rollout: id, outcome, startedAt, endedAt, quarantined, at, ...digests }
    const { payload, digest } = stateEvidence(parts, about)
    const { plan, release, approvals } = parts
    const consents = approvals.map(({ keyId, signature }) => ({ keyId, signature }))
    await requestSignature(scoped, clock, {
      purpose: 'evidence',
      payload,
      proofs: { plan, release, approvals: consents },
    })
    const evidence = newId(at)
    await insertEvidence(scoped, { id: evidence, rollout: id, digest, parts, at })
    const detail = { rollout: id, digest, devices: parts.results.length }
    await emit(scoped, clock, { kind: 'evidence.packed', subject: evidence, detail })
    const [view] = await viewEvidence(scoped, { limit: 1, id: evidence })
    if (!view) throw new Error('Evidence vanished while it was packed')
    return view
  })

/** A pack that the signer signed, whole. */
export const getEvidencePack = (store: Store, caller: Caller, keysFile: string, id: string) =>
  withScope(store, caller.scope, async (scoped) => {
    mustSeeAllSites(caller.scope)
    const row = await findEvidence(scoped, id)
    if (!row) throw new Refusal('compliance/evidence-unknown')
    const envelope = await findStatement(scoped, 'evidence', row.digest.toString('hex'))
    if (!envelope) throw new Refusal('compliance/not-signed')
    verifyStatement(readSignerKeys(keysFile), 'evidence', caller.tenant.id, envelope)
    const pack = { format: 'suture.evidence-pack.v1', statement: readEnvelope(envelope), ...row.parts }
    // The database keeps no order of keys; an answer that is saved as it came is to be the canonical file.
    return JSON.parse(canonicalBytes(pack as unknown as Json).toString()) as Record<string, unknown>
  })
