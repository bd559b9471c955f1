import { canonicalBytes } from '@suture/trust/canonical.ts'
import { asJson, type ReleasePublish } from '@suture/trust/statements.ts'
import type { Target } from './target.ts'

/** What a publication says of a release. */
export interface Published {
  /** The tenant by UUID. */
  readonly tenant: string
  readonly id: string
  readonly name: string
  readonly version: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly targets: readonly Target[]
  /** The length of each artifact in bytes, by SHA-256 in hex. */
  readonly lengths: ReadonlyMap<string, number>
  /** SHA-256 of the lab verdict's payload, in hex. */
  readonly verdict: string
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const keyOf = ({ manufacturer, model, hardwareRevision }: Target): string =>
  JSON.stringify([manufacturer, model, hardwareRevision])

/** The bytes that the signer is asked to sign: the same release with the same verdict always makes the same ones. */
export function publicationOf(release: Published): Buffer {
  const document: ReleasePublish = {
    type: 'suture.release-publish.v1',
    tenant: release.tenant,
    release: release.id,
    name: release.name,
    version: release.version,
    artifacts: [...release.lengths]
      .sort(([left], [right]) => byText(left, right))
      .map(([sha256, length]) => ({ sha256, length })),
    targets: release.targets
      .toSorted((left, right) => byText(keyOf(left), keyOf(right)))
      .map(({ manufacturer, model, hardwareRevision, sha256 }) => ({
        manufacturer,
        model,
        ...(hardwareRevision === '' ? {} : { hardwareRevision }),
        sha256,
      })),
    createdBy: release.createdBy,
    createdAt: release.createdAt.toISOString(),
    verdict: release.verdict,
  }
  return canonicalBytes(asJson(document))
}
