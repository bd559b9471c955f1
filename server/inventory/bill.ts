import { hash } from 'node:crypto'
import { canonicalBytes } from '@suture/trust/canonical.ts'

/** One piece of software as a bill holds it. */
export interface Component {
  readonly supplier: string
  readonly name: string
  readonly version: string
  readonly purl?: string | undefined
  readonly cpe?: string | undefined
}

/** A component under its digest, in hex. */
export interface Addressed extends Component {
  readonly digest: string
}

/** SHA-256 of the component's canonical JSON: the same piece of software is one row, whoever named it first. */
export function componentDigest({ supplier, name, version, purl, cpe }: Component): string {
  const named = {
    supplier,
    name,
    version,
    ...(purl === undefined ? {} : { purl }),
    ...(cpe === undefined ? {} : { cpe }),
  }
  return hash('sha256', canonicalBytes(named), 'hex')
}

/** Each component once, in the order of their digests, so that two transactions lock them in the same order. */
export function addressed(components: readonly Component[]): readonly Addressed[] {
  const byDigest = new Map(components.map((each) => [componentDigest(each), each]))
  return [...byDigest].map(([digest, each]) => ({ ...each, digest })).sort((a, b) => (a.digest < b.digest ? -1 : 1))
}

/** SHA-256 of the sorted digests of a bill's components, as bytes one after another. */
export const billDigest = (componentDigests: readonly string[]): string =>
  hash('sha256', Buffer.from([...new Set(componentDigests)].sort().join(''), 'hex'), 'hex')

/** What is known of a firmware of which nobody gave a bill: itself. */
export const firmwareComponent = (manufacturer: string, model: string, version: string): Component => ({
  supplier: manufacturer,
  name: model,
  version,
})
