import type { signingStates } from '@suture/contract/signing.ts'
import { readEnvelope } from '@suture/trust/dsse.ts'
import { type LabVerdict, type ReleasePublish, readLabVerdict } from '@suture/trust/statements.ts'
import { type Scope, type Scoped, withScope } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { Refusal } from '#platform/refusal.ts'
import { findDecision, readSignerKeys } from '#signing/index.ts'
import { viewArtifacts } from './artifact.queries.ts'
import { type PublishParts, settleRelease } from './publish.operations.ts'
import { findModels, findRelease, findTargets, type ReleaseRow } from './release.queries.ts'
import { envelopeOf, type SignerKeys, statementOf } from './statement.operations.ts'
import type { Target } from './target.ts'

/** A release whose statement the signer's key verifies, with everything that is to run taken from that statement. */
export interface PublishedRelease {
  /** Deprecated ones go on where they are under way, and into nothing new. */
  readonly standing: 'published' | 'deprecated'
  readonly release: Pick<ReleaseRow, 'id' | 'name' | 'version' | 'published_at'>
  readonly targets: readonly Target[]
  /** The signer's envelope, as it is stored. */
  readonly statementEnvelope: Buffer
  readonly document: ReleasePublish
}

/**
 * A release that was published, and what it may still be used for: nothing at all once it was withdrawn, whatever was
 * signed. It is undefined when it never was published, or when its statement does not verify now. Name, version and
 * targets are the statement's: what the tables say of them counts for nothing.
 * @param tenant the tenant's UUID
 */
export async function publishedRelease(
  scoped: Scoped,
  keys: SignerKeys,
  tenant: string,
  id: string,
): Promise<PublishedRelease | 'withdrawn' | undefined> {
  const row = await findRelease(scoped, id)
  if (row?.state === 'withdrawn') return 'withdrawn'
  if (row?.state !== 'published' && row?.state !== 'deprecated') return undefined
  const statementEnvelope = await envelopeOf(scoped, row)
  if (!statementEnvelope) return undefined
  const document = statementOf(keys, tenant, row, statementEnvelope)
  if (!document?.targets || document.version === undefined) return undefined
  const models = await findModels(scoped, document.targets)
  const targets = document.targets.map(({ manufacturer, model, hardwareRevision = '', sha256 }) => {
    const found = models.find((each) => each.manufacturer === manufacturer && each.model === model)
    return found && { modelId: found.modelId, manufacturer, model, hardwareRevision, sha256 }
  })
  if (!targets.every((each) => each !== undefined)) return undefined
  return {
    standing: row.state,
    release: { id, name: document.name, version: document.version, published_at: row.published_at },
    targets,
    statementEnvelope,
    document,
  }
}

/** The lab's word, read from its envelope; whether the lab is enrolled is for the signer to know. */
function readVerdict(envelope: Buffer): LabVerdict {
  const { payload } = readEnvelope(envelope) as { payload: string }
  return readLabVerdict(Buffer.from(payload, 'base64'))
}

/** The newest word of the lab on a release, if there is any: for telling people, and never for letting anything run. */
export async function newestVerdict(scoped: Scoped, id: string): Promise<LabVerdict | undefined> {
  const verdict = (await findRelease(scoped, id))?.verdict
  return verdict ? readVerdict(verdict) : undefined
}

function verdictOf({ verdict, verdict_digest }: ReleaseRow) {
  if (verdict === null || verdict_digest === null) return null
  const read = readVerdict(verdict)
  return {
    digest: verdict_digest.toString('hex'),
    verdict: read.verdict,
    at: new Date(read.at),
    rigs: [...read.rigs],
    uncovered: [...read.uncovered],
  }
}

async function statementView(scoped: Scoped, keys: SignerKeys | undefined, row: ReleaseRow) {
  if (row.statement_digest === null) return null
  const digest = row.statement_digest.toString('hex')
  const envelope = await envelopeOf(scoped, row)
  const decision = await findDecision(scoped, 'release-publish', digest)
  const verifies =
    keys !== undefined && envelope !== undefined && statementOf(keys, await tenantUid(scoped), row, envelope)
  return {
    digest,
    state: decision?.state ?? ('requested' satisfies (typeof signingStates)[number]),
    verifies: Boolean(verifies),
    refusal:
      decision?.state === 'refused'
        ? { code: decision.refusal_code ?? '', detail: decision.refusal_detail ?? '' }
        : null,
  }
}

/** The signer's keys, or nothing where no signer has ever run: then no statement verifies. */
function keysIn(file: string): SignerKeys | undefined {
  try {
    return readSignerKeys(file)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** A release as it stands: published first if the signer has signed it meanwhile. */
export async function getRelease(parts: PublishParts, scope: Scope, id: string) {
  const keys = keysIn(parts.signerKeys)
  if (keys) await settleRelease(parts, scope, id)
  return withScope(parts.store, scope, async (scoped) => {
    const row = await findRelease(scoped, id)
    if (!row) throw new Refusal('releases/release-unknown')
    const targets = await findTargets(scoped, id)
    return {
      id,
      name: row.name,
      version: row.version,
      state: row.state,
      createdAt: row.created_at,
      createdBy: row.created_by,
      publishedAt: row.published_at,
      targets: targets.map(({ manufacturer, model, hardwareRevision, sha256 }) => ({
        manufacturer,
        model,
        ...(hardwareRevision === '' ? {} : { hardwareRevision }),
        artifact: sha256,
      })),
      artifacts: await viewArtifacts(scoped, [...new Set(targets.map((each) => each.sha256))]),
      verdict: verdictOf(row),
      statement: await statementView(scoped, keys, row),
    }
  })
}
