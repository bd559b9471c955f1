import { setTimeout as after } from 'node:timers/promises'
import { sha256 } from '@suture/trust/digest.ts'
import { readEnvelope } from '@suture/trust/dsse.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, systemScope, withScope } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { enqueue } from '#platform/tasks/task.ts'
import { findDecision, readSignerKeys, requestSignature } from '#signing/index.ts'
import { demandVendors } from './artifact.operations.ts'
import { viewArtifacts } from './artifact.queries.ts'
import { publicationOf } from './publication.ts'
import { stateAfter } from './release.operations.ts'
import { changeRelease, findTargets, lockRelease, type ReleaseRow } from './release.queries.ts'
import { envelopeOf, statementOf } from './statement.operations.ts'

export interface PublishParts {
  readonly store: Store
  readonly clock: Clock
  /** The signer's public.json. */
  readonly signerKeys: string
}

/** The bytes that publish a release as it is now stored, with the verdict that the lab gave. */
async function publicationBytes(scoped: Scoped, row: ReleaseRow): Promise<Buffer> {
  if (row.verdict_digest === null) throw new Refusal('releases/not-passed')
  const targets = await findTargets(scoped, row.id)
  await demandVendors(scoped, targets)
  const artifacts = await viewArtifacts(scoped, [...new Set(targets.map((each) => each.sha256))])
  return publicationOf({
    tenant: await tenantUid(scoped),
    id: row.id,
    name: row.name,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    targets,
    lengths: new Map(artifacts.map((each) => [each.sha256, each.length])),
    verdict: row.verdict_digest.toString('hex'),
  })
}

/** Asks the signer to sign the release, in one transaction with the note of what was asked. */
const ask = ({ store, clock, signerKeys }: PublishParts, scope: Scope, id: string): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    const row = await lockRelease(scoped, id)
    if (!row) throw new Refusal('releases/release-unknown')
    if (row.state === 'published') return
    if (row.state === 'deprecated' || row.state === 'withdrawn')
      throw new Refusal('releases/over', { state: row.state })
    if (row.state === 'draft' || row.verdict === null) throw new Refusal('releases/not-passed')
    // Nobody could tell afterwards whether the signer has signed.
    readSignerKeys(signerKeys)
    const payload = await publicationBytes(scoped, row)
    const digest = sha256(payload)
    const proofs = { verdict: readEnvelope(row.verdict) }
    await requestSignature(scoped, clock, { purpose: 'release-publish', payload, proofs })
    await changeRelease(scoped, id, { statement_digest: Buffer.from(digest, 'hex') })
    const detail = { name: row.name, version: row.version, digest }
    await emit(scoped, clock, { kind: 'release.publication-asked', subject: id, detail })
    await lookAgain(scoped, clock, id)
  })

/** How long the signer has before somebody looks again, in milliseconds. */
const patience = 5_000

const lookAgain = (scoped: Scoped, clock: Clock, release: string): Promise<void> =>
  enqueue(
    scoped,
    'releases/settle-publication',
    { release },
    { key: release, runAt: new Date(clock.now().getTime() + patience) },
  )

/** What a release waits for: nothing, the signer’s decision, or people, because the signer refused. */
export type Settled = 'settled' | 'waiting' | { readonly code: string; readonly detail: string }

/** Publishes a release whose statement is there and verifies; anybody may call it at any time. */
export async function settleRelease(parts: PublishParts, scope: Scope, id: string): Promise<Settled> {
  const keys = readSignerKeys(parts.signerKeys)
  return withScope(parts.store, systemScope(scope.tenant, 'releases'), async (scoped) => {
    const row = await lockRelease(scoped, id)
    if (row?.state !== 'lab-passed' || !row.statement_digest) return 'settled'
    const digest = row.statement_digest.toString('hex')
    const envelope = await envelopeOf(scoped, row)
    const document = envelope && statementOf(keys, await tenantUid(scoped), row, envelope)
    // The lab may have given another verdict since the signer was asked.
    if (document && document.verdict === row.verdict_digest?.toString('hex')) {
      const state = stateAfter(row, { kind: 'publish' })
      await changeRelease(scoped, id, { state, published_at: parts.clock.now() })
      const detail = { name: row.name, version: row.version, digest }
      await emit(scoped, parts.clock, { kind: 'release.published', subject: id, detail })
      return 'settled'
    }
    const decision = await findDecision(scoped, 'release-publish', digest)
    if (decision?.state !== 'refused') return 'waiting'
    return { code: decision.refusal_code ?? '', detail: decision.refusal_detail ?? '' }
  })
}

/** Settles a release in the background, and asks for the same again as long as the signer has not decided. */
export async function settleLater(parts: PublishParts, scope: Scope, id: string): Promise<void> {
  if ((await settleRelease(parts, scope, id)) !== 'waiting') return
  await withScope(parts.store, scope, (scoped) => lookAgain(scoped, parts.clock, id))
}

/**
 * Asks for the signer's statement and waits a little for it. A release that comes back unpublished is still waiting for
 * the signer, and is published by itself once that has signed.
 * @throws Refusal `releases/signer-refused` with the signer's own reason
 */
export async function publishRelease(parts: PublishParts, scope: Scope, id: string): Promise<void> {
  await ask(parts, scope, id)
  const until = performance.now() + patience
  for (;;) {
    const settled = await settleRelease(parts, scope, id)
    if (typeof settled === 'object') {
      throw new Refusal('releases/signer-refused', { reason: settled.code, detail: settled.detail })
    }
    if (settled === 'settled' || performance.now() > until) return
    await after(100)
  }
}
