import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { PartOfName } from './text.ts'

const Digest = z.string().regex(/^[0-9a-f]{64}$/)
const Day = z.string()
const VulnerabilityId = z.string().regex(/^CVE-\d{4}-\d{4,19}$/)

/** What a bill is to a vulnerability: affected, or nobody can tell; what is not affected is no match. */
export const matchVerdicts = ['affected', 'unknown'] as const
/** What a component or a device is to a vulnerability. */
const verdicts = ['affected', 'unknown', 'not-affected'] as const
/** By what a component was recognised: the product's name, another name of it, the CPE name that the SBOM gave. */
const identities = ['name', 'alias', 'cpe'] as const

const Source = z.object({ name: z.string(), url: z.string(), licence: z.string() })
const Document = z.object({ name: z.string(), digest: Digest })

export const listFeeds = endpoint({
  id: 'listFeeds',
  method: 'GET',
  path: '/feeds',
  may: 'intelligence:read',
  tag: 'Vulnerabilities',
  summary: 'The documents that knowledge came in, newest first: their sources, how old they were, and what they held.',
  query: z.strictObject(pageQuery),
  reply: page(
    z.object({
      digest: Digest,
      source: Source,
      /** The day as of which the facts were collected. */
      retrievedAt: Instant,
      importedAt: Instant,
      vulnerabilities: z.int(),
      products: z.int(),
      /** The records of it that nothing newer has replaced. */
      inForce: z.int(),
    }),
  ),
  refusals: ['http/bad-cursor'],
})

const Vulnerability = z.object({
  id: VulnerabilityId,
  publishedAt: Instant,
  modifiedAt: Instant,
  /** When this installation learnt of it. */
  knownAt: Instant,
  /** The day on which it was listed as exploited, and when this installation learnt that. */
  listedAt: Day.nullable(),
  listingKnownAt: Instant.nullable(),
  automatable: z.string().nullable(),
  technicalImpact: z.string().nullable(),
  baseScore: z.number().nullable(),
  /** The devices with it that the caller may see; for one vulnerability, its findings are as many. */
  devices: z.int(),
})

const Counts = z.object({ findings: z.int(), devices: z.int(), vulnerabilities: z.int() })

export const listVulnerabilities = endpoint({
  id: 'listVulnerabilities',
  method: 'GET',
  path: '/vulnerabilities',
  may: 'intelligence:read',
  tag: 'Vulnerabilities',
  summary:
    'The vulnerabilities that a bill of the tenant matches, or all that are known, newest first, with the findings (device × vulnerability).',
  query: z.strictObject({ ...pageQuery, all: z.stringbool().optional(), text: PartOfName.optional() }),
  reply: page(Vulnerability).extend({ counts: Counts }),
  refusals: ['http/bad-cursor'],
})

const Bound = z.object({ version: z.string(), inclusive: z.boolean() })
const Range = z.object({
  status: z.string(),
  exact: z.string().optional(),
  all: z.boolean().optional(),
  from: Bound.optional(),
  to: Bound.optional(),
})
const Because = z.object({
  rule: z.string(),
  unreadable: z.string().optional(),
  range: Range.optional(),
  bound: z.string().optional(),
})
const Component = z.object({ supplier: z.string(), name: z.string(), version: z.string() })
const Product = z.object({ vendor: z.string(), name: z.string() })

export const getVulnerability = endpoint({
  id: 'getVulnerability',
  method: 'GET',
  path: '/vulnerabilities/{id}',
  may: 'intelligence:read',
  tag: 'Vulnerabilities',
  summary: 'One vulnerability: the facts with their sources, what is said of which products, and what of ours matches.',
  params: z.object({ id: VulnerabilityId }),
  reply: Vulnerability.extend({
    document: Document,
    facts: z.object({
      cvss: z
        .array(z.object({ version: z.string(), vector: z.string(), score: z.number(), source: z.string() }))
        .optional(),
      ssvc: z
        .object({
          exploitation: z.string(),
          automatable: z.string(),
          technicalImpact: z.string(),
          source: z.string(),
          at: z.string(),
        })
        .optional(),
      kev: z.object({ dateAdded: Day, dueDate: Day, knownRansomware: z.boolean() }).optional(),
      epss: z.object({ score: z.number(), percentile: z.number(), date: Day, model: z.string() }).optional(),
      advisories: z.array(z.object({ id: z.string(), publisher: z.string(), url: z.string(), published: z.string() })),
      references: z.array(z.string()),
    }),
    affected: z.array(Product.extend({ source: z.string().optional(), ranges: z.array(Range).readonly() })),
    matches: z.array(
      z.object({
        component: Component,
        verdict: z.enum(matchVerdicts),
        because: Because,
        bills: z.int(),
        devices: z.int(),
      }),
    ),
    models: z.array(z.object({ manufacturer: z.string(), name: z.string(), devices: z.int() })),
  }),
  refusals: ['intelligence/vulnerability-unknown'],
})

export const explainMatch = endpoint({
  id: 'explainMatch',
  method: 'GET',
  path: '/vulnerabilities/{id}/explain',
  may: 'intelligence:read',
  tag: 'Vulnerabilities',
  summary: 'Why a device or a bill is affected by a vulnerability, or why not, component by component.',
  params: z.object({ id: VulnerabilityId }),
  query: z
    .strictObject({ device: z.uuid().optional(), bill: Digest.optional() })
    .refine(
      ({ device, bill }) => (device === undefined) !== (bill === undefined),
      'names a device or a bill, one of them',
    ),
  reply: z.object({
    vulnerability: VulnerabilityId,
    bill: Digest,
    verdict: z.enum(verdicts),
    /** The components of products that the vulnerability is about. */
    judged: z.array(
      z.object({
        component: Component,
        product: Product,
        identity: z.enum(identities),
        verdict: z.enum(verdicts),
        because: Because,
        source: z.string().nullable(),
        document: Document,
      }),
    ),
    /** How many other components there are: of products that it is not about, and that nobody recognised. */
    others: z.object({ recognised: z.int(), unrecognised: z.int() }),
    /** Some that nobody recognised: if one of them is the product that it is about, nothing was said of it. */
    unrecognised: z.array(Component),
  }),
  refusals: ['intelligence/vulnerability-unknown', 'intelligence/nothing-to-explain'],
})
