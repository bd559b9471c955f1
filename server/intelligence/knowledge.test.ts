import { expect, test } from 'vitest'
import { KnowledgeDocument, knowledgeLimits } from './knowledge.ts'

const product = { vendor: 'Unitronics', product: 'Vision', aliases: [], scheme: 'generic' }
const affected = {
  vendor: 'UNITRONICS',
  product: 'vision',
  ranges: [{ status: 'affected', to: { version: '12.38', inclusive: false } }],
}
const vulnerability = {
  id: 'CVE-2023-6448',
  published: '2023-12-05T17:43:40.451Z',
  modified: '2024-08-29T19:01:02.327Z',
  affected: [affected],
  cvss: [{ version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', score: 9.8, source: 'cisa-cg' }],
  ssvc: {
    exploitation: 'active',
    automatable: 'yes',
    technicalImpact: 'total',
    source: 'CISA',
    at: '2023-12-06T14:07:21Z',
  },
  kev: { dateAdded: '2023-12-11', dueDate: '2023-12-18', knownRansomware: false },
  epss: { score: 0.1329, percentile: 0.93965, date: '2026-01-30', model: 'v2025.03.14' },
  advisories: [
    { id: 'ICSA-23-348-15', publisher: 'CISA', url: 'https://www.cisa.gov/', published: '2023-12-14T07:00:00Z' },
  ],
  references: ['https://www.unitronicsplc.com/cyber_security_vision-samba/'],
}
const document = {
  format: 'suture.knowledge.v1',
  source: { name: 'CISA', url: 'https://www.cisa.gov/', licence: 'CC0-1.0', retrieved: '2026-08-07' },
  products: [product],
  vulnerabilities: [vulnerability],
}

/** The document with one part replaced, and what is wrong with it. */
const wrongWith = (change: (copy: typeof document) => void): readonly string[] => {
  const copy = structuredClone(document)
  change(copy)
  const read = KnowledgeDocument.safeParse(copy)
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
const first = (copy: typeof document): Record<string, unknown> => copy.vulnerabilities[0] ?? {}
const setRange = (range: unknown) => (copy: typeof document) =>
  Object.assign(first(copy), { affected: [{ ...affected, ranges: [range] }] })

test('a document of facts is read as it was written', () => {
  expect(KnowledgeDocument.parse(document)).toEqual(document)
})

test.each<[string, (copy: typeof document) => void]>([
  ['another format', (copy) => Object.assign(copy, { format: 'suture.knowledge.v2' })],
  ['a title', (copy) => Object.assign(first(copy), { title: 'Default password' })],
  ['a description in a product', (copy) => Object.assign(copy.products[0] ?? {}, { description: 'A PLC' })],
  ['another scheme', (copy) => Object.assign(copy.products[0] ?? {}, { scheme: 'semver' })],
  ['an id that is no CVE', (copy) => Object.assign(first(copy), { id: 'CVE-2023-64' })],
  ['the same vulnerability twice', (copy) => copy.vulnerabilities.push(vulnerability)],
  ['a product that is not among the products', (copy) => copy.products.splice(0)],
  ['the same product twice in a vulnerability', (copy) => copy.vulnerabilities[0]?.affected.push(affected)],
  ['one name for two products', (copy) => copy.products.push({ ...product, vendor: 'unitronics' })],
  ['a name of separators', (copy) => Object.assign(copy.products[0] ?? {}, { product: ' - ' })],
  ['a control character', (copy) => Object.assign(copy.source, { name: 'CISA\u001b[2J' })],
  ['a range without an end', setRange({ status: 'affected' })],
  ['a range of two kinds', setRange({ status: 'affected', exact: '1.0', all: true })],
  ['a version beyond 128 characters', setRange({ status: 'affected', exact: '1'.repeat(129) })],
  ['another status', setRange({ status: 'fixed', exact: '1.0' })],
  [
    'a vector of another version',
    (copy) => Object.assign(first(copy), { cvss: [{ ...vulnerability.cvss[0], version: '4.0' }] }),
  ],
  ['a score beyond ten', (copy) => Object.assign(first(copy), { cvss: [{ ...vulnerability.cvss[0], score: 11 }] })],
  ['a reference that runs', (copy) => Object.assign(first(copy), { references: ['javascript:alert(1)'] })],
  ['a day that is none', (copy) => Object.assign(copy.source, { retrieved: '2026-02-30' })],
  ['more products than fit', (copy) => copy.products.push(...Array(knowledgeLimits.products).fill(product))],
  [
    'more ranges than fit',
    (copy) => {
      const range = { status: 'affected', exact: '1.0' }
      Object.assign(first(copy), { affected: [{ ...affected, ranges: Array(knowledgeLimits.ranges + 1).fill(range) }] })
    },
  ],
])('a document with %s is refused', (_, change) => {
  expect(wrongWith(change)).not.toEqual([])
})

test('what contradicts itself is said in a sentence', () => {
  expect(wrongWith((copy) => copy.products.splice(0))).toEqual([
    ': CVE-2023-6448 concerns unitronics/vision, which is not among the products',
  ])
  expect(wrongWith((copy) => copy.products.push({ ...product, vendor: 'unitronics' }))).toEqual([
    ': more than one product is called unitronics/vision',
  ])
})
