import { Digest } from '@suture/contract/digest.ts'
import { Text } from '@suture/contract/text.ts'
import { z } from 'zod'
import { mostComponents } from './limits.ts'

const text = (most: number) => Text.max(most)

/** One piece of software as an SBOM lists it; what is left out there is left out here. */
const Component = z.strictObject({
  /** The CycloneDX type, such as `library`, `firmware` or `operating-system`. */
  type: text(64),
  name: text(512).min(1),
  version: text(256).optional(),
  /** Whoever supplied it, or else made or published it. */
  supplier: text(512).optional(),
  /** What stands before the name where names alone are not unique, such as an npm scope. */
  group: text(512).optional(),
  /** Package URL (ECMA-427), as it was written. */
  purl: text(2048).optional(),
  /** CPE 2.2 or 2.3, as it was written. */
  cpe: text(1024).optional(),
})

/** What Suture keeps of an SBOM: its components in one flat list, in the order of the document. */
export const Sbom = z.strictObject({
  specVersion: z.enum(['1.4', '1.5', '1.6']),
  /** SHA-256 of the bytes that were read. */
  sha256: Digest,
  /** `urn:uuid:…`, which names the document. */
  serialNumber: text(64).optional(),
  components: z.array(Component).max(mostComponents),
})

export type Sbom = z.output<typeof Sbom>
export type SbomComponent = z.output<typeof Component>
