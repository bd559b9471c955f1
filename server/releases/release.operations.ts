import { firmwareBill } from '#inventory/index.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { newId } from '#platform/id.ts'
import { step } from '#platform/machine.ts'
import { Refusal } from '#platform/refusal.ts'
import { demandVendors } from './artifact.operations.ts'
import { viewArtifacts } from './artifact.queries.ts'
import {
  changeRelease,
  findModels,
  findRelease,
  findTargets,
  insertRelease,
  lockRelease,
  type ReleaseRow,
} from './release.queries.ts'
import { type ReleaseNews, release } from './release.ts'
import type { Target } from './target.ts'

interface Wanted {
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision?: string | undefined
  readonly artifact: string
}

/** The targets with the models that they mean; every one of them must be known, and named once. */
async function resolveTargets(scoped: Scoped, wanted: readonly Wanted[]): Promise<Target[]> {
  const known = await findModels(scoped, wanted)
  const idOf = (each: Wanted) =>
    known.find(({ manufacturer, model }) => manufacturer === each.manufacturer && model === each.model)?.modelId
  const models = wanted.filter((each) => idOf(each) === undefined)
  if (models.length > 0) {
    throw new Refusal('releases/model-unknown', {
      models: models.map(({ manufacturer, model }) => ({ manufacturer, model })),
    })
  }
  const targets = wanted.map((each) => ({
    modelId: idOf(each) as number,
    manufacturer: each.manufacturer,
    model: each.model,
    hardwareRevision: each.hardwareRevision ?? '',
    sha256: each.artifact,
  }))
  const places = new Set(targets.map(({ modelId, hardwareRevision }) => `${modelId} ${hardwareRevision}`))
  if (places.size !== targets.length) throw new Refusal('releases/target-twice')
  return targets
}

/** Makes a draft of signed artifacts for known models; nothing of it changes afterwards but its state. */
export const createRelease = (
  store: Store,
  clock: Clock,
  scope: Scope,
  given: { readonly name: string; readonly version: string; readonly targets: readonly Wanted[] },
): Promise<string> =>
  withScope(store, scope, async (scoped) => {
    const digests = [...new Set(given.targets.map(({ artifact }) => artifact))]
    const stored = new Set((await viewArtifacts(scoped, digests)).map(({ sha256 }) => sha256))
    const missing = digests.filter((each) => !stored.has(each))
    if (missing.length > 0) throw new Refusal('releases/artifact-unknown', { artifacts: missing })
    const targets = await resolveTargets(scoped, given.targets)
    await demandVendors(scoped, targets)
    const at = clock.now()
    const { name, version } = given
    const id = newId(at)
    for (const modelId of new Set(targets.map((each) => each.modelId)))
      await firmwareBill(scoped, clock, modelId, version)
    await insertRelease(scoped, { id, name, version, createdBy: scope.actor.id, at, targets })
    await emit(scoped, clock, { kind: 'release.created', subject: id, detail: { name, version, artifacts: digests } })
    return id
  })

/** The state that some news leads to; what the release does not answer to in its state is refused. */
export function stateAfter(row: ReleaseRow, news: ReleaseNews): ReleaseRow['state'] {
  const next = step(release, { kind: row.state }, news)
  if (next.ok) return next.state.kind
  throw new Refusal('releases/not-published', { state: row.state })
}

const endRelease = (
  store: Store,
  clock: Clock,
  scope: Scope,
  id: string,
  news: ReleaseNews & { readonly kind: 'deprecate' | 'withdraw' },
  reason = '',
): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    const row = await lockRelease(scoped, id)
    if (!row) throw new Refusal('releases/release-unknown')
    const state = stateAfter(row, news)
    await changeRelease(scoped, id, { state })
    const { name, version } = row
    await emit(
      scoped,
      clock,
      news.kind === 'deprecate'
        ? { kind: 'release.deprecated', subject: id, detail: { name, version } }
        : { kind: 'release.withdrawn', subject: id, detail: { name, version, reason } },
    )
  })

/** Keeps a published release out of new rollouts; those whose plan is signed go on. */
export const deprecateRelease = (store: Store, clock: Clock, scope: Scope, id: string): Promise<void> =>
  endRelease(store, clock, scope, id, { kind: 'deprecate' })

/** Takes a published release back for good; deployment stops its rollouts at its next turn. */
export const withdrawRelease = (store: Store, clock: Clock, scope: Scope, id: string, reason: string): Promise<void> =>
  endRelease(store, clock, scope, id, { kind: 'withdraw' }, reason)

/** A release as the lab needs it: which bytes go where. */
export async function releaseUnderTest(scoped: Scoped, id: string) {
  const row = await findRelease(scoped, id)
  if (!row) return undefined
  return { id, name: row.name, version: row.version, state: row.state, targets: await findTargets(scoped, id) }
}

/** What the lab found about a release, in its signed envelope; moves the release in the caller's transaction. */
export async function noteLabVerdict(
  scoped: Scoped,
  clock: Clock,
  verdict: {
    readonly release: string
    readonly passed: boolean
    readonly envelope: Buffer
    /** SHA-256 of the envelope's payload, in hex. */
    readonly digest: string
  },
): Promise<void> {
  const row = await lockRelease(scoped, verdict.release)
  if (!row) throw new Error('A release vanished while it was tested')
  const state = stateAfter(row, { kind: verdict.passed ? 'pass' : 'fail' })
  await changeRelease(scoped, row.id, {
    state,
    verdict: verdict.envelope,
    verdict_digest: Buffer.from(verdict.digest, 'hex'),
  })
  const kind = verdict.passed ? 'release.lab-passed' : 'release.lab-failed'
  await emit(scoped, clock, { kind, subject: row.id, detail: { verdict: verdict.digest } })
}
