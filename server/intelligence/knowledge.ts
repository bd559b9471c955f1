import { Text } from '@suture/contract/text.ts'
import { z } from 'zod'
import { disputedNames, isName, productKey } from './product.ts'
import { maxVersionLength } from './versions/generic.ts'

/** The most that a document may hold. */
export const knowledgeLimits = { products: 5_000, vulnerabilities: 20_000, ranges: 1_000 } as const

const Line = Text.min(1).max(200)
const Name = Line.refine(isName, 'a name holds at least one letter or digit')
const Url = z.url({ protocol: /^https?$/ }).max(1_000)
const Day = z.iso.date()
const Moment = z.iso.datetime()
const Share = z.number().min(0).max(1)

const Version = z.string().min(1).max(maxVersionLength)
const Bound = z.strictObject({ version: Version, inclusive: z.boolean() })
const status = z.enum(['affected', 'unaffected'])
const Range = z.union([
  z.strictObject({ status, exact: Version }),
  z.strictObject({ status, all: z.literal(true) }),
  z
    .strictObject({ status, from: Bound.optional(), to: Bound.optional() })
    .refine(({ from, to }) => from !== undefined || to !== undefined, 'a range has at least one end'),
])

const ProductName = z.strictObject({ vendor: Name, product: Name })
const Product = ProductName.extend({ aliases: z.array(ProductName).max(50), scheme: z.literal('generic') })

/** What one source says about the versions of one product; `source` is an advisory's or a CVE record's id. */
const Affected = ProductName.extend({
  ranges: z.array(Range).min(1).max(knowledgeLimits.ranges),
  source: Line.optional(),
})

const Cvss = z
  .strictObject({
    version: z.enum(['2.0', '3.0', '3.1', '4.0']),
    vector: z.string().regex(/^[A-Za-z0-9.:/]{1,300}$/),
    score: z.number().min(0).max(10),
    source: Line,
  })
  .refine(
    ({ version, vector }) => version === '2.0' || vector.startsWith(`CVSS:${version}/`),
    'another version of CVSS',
  )

/** CISA's decision points of the Stakeholder-Specific Vulnerability Categorization (SSVC 2.0.3). */
const Ssvc = z.strictObject({
  exploitation: z.enum(['none', 'poc', 'active']),
  automatable: z.enum(['no', 'yes']),
  technicalImpact: z.enum(['partial', 'total']),
  source: Line,
  at: Moment,
})

const Advisory = z.strictObject({ id: Line, publisher: Line, url: Url, published: Moment })

const Vulnerability = z.strictObject({
  id: z.string().regex(/^CVE-\d{4}-\d{4,19}$/),
  /** As the CVE record says; where a feed has no record, the first and the last date that its sources have. */
  published: Moment,
  modified: Moment,
  affected: z.array(Affected).max(500),
  cvss: z.array(Cvss).max(20).optional(),
  ssvc: Ssvc.optional(),
  /** CISA's catalogue of known exploited vulnerabilities; ransomware is what the catalogue calls `Known`. */
  kev: z.strictObject({ dateAdded: Day, dueDate: Day, knownRansomware: z.boolean() }).optional(),
  /** FIRST's probability of exploitation within 30 days, and the share of vulnerabilities that score no higher. */
  epss: z.strictObject({ score: Share, percentile: Share, date: Day, model: Line }).optional(),
  advisories: z.array(Advisory).max(100),
  references: z.array(Url).max(200),
})

/** What is wrong between the parts of a document, as sentences. */
function contradictions(document: {
  readonly products: readonly z.infer<typeof Product>[]
  readonly vulnerabilities: readonly z.infer<typeof Vulnerability>[]
}): readonly string[] {
  const own = new Set(document.products.map(({ vendor, product }) => productKey(vendor, product)))
  const wrong = document.vulnerabilities.flatMap(({ id, affected }) => {
    const keys = affected.map(({ vendor, product }) => productKey(vendor, product))
    const strangers = keys.filter((key) => !own.has(key))
    return [
      ...strangers.map((key) => `${id} concerns ${key}, which is not among the products`),
      ...(new Set(keys).size < keys.length ? [`${id} speaks of one product twice`] : []),
    ]
  })
  const ids = new Set(document.vulnerabilities.map(({ id }) => id))
  return [
    ...disputedNames(document.products).map((key) => `more than one product is called ${key}`),
    ...(ids.size < document.vulnerabilities.length ? ['a vulnerability is there twice'] : []),
    ...wrong,
  ]
}

/**
 * A file of facts about products and their vulnerabilities, as a feed carries them: ids, scores, ranges, dates,
 * references; no prose. Each product named is among the products, and no name belongs to two of them.
 */
export const KnowledgeDocument = z
  .strictObject({
    format: z.literal('suture.knowledge.v1'),
    source: z.strictObject({ name: Line, url: Url, licence: Line, retrieved: Day }),
    products: z.array(Product).max(knowledgeLimits.products),
    vulnerabilities: z.array(Vulnerability).max(knowledgeLimits.vulnerabilities),
  })
  .superRefine((document, context) => {
    for (const message of contradictions(document).slice(0, 20)) context.addIssue({ code: 'custom', message })
  })
export type KnowledgeDocument = z.infer<typeof KnowledgeDocument>
