import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KnowledgeDocument, productKey, type VersionRange } from '@suture/server/intelligence/index.ts'
import { rangeOfRecord, rangesOfBranch } from './ranges.ts'
import { type Chosen, selection } from './selection.ts'
import { type Advisory, type CveRecord, readAdvisories, readSources, type Sources } from './sources.ts'

/** What one source says about one product and one vulnerability. */
interface Statement {
  readonly cve: string
  readonly of: Chosen
  readonly ranges: readonly VersionRange[]
  readonly source: string
}

type Vulnerability = KnowledgeDocument['vulnerabilities'][number]

/** The built file, and where it is. */
export const knowledgeFile = join(import.meta.dirname, 'knowledge/devices.json')

const source = {
  name: 'CISA ICS advisories (CSAF), CVE records with CISA Vulnrichment, CISA KEV, FIRST EPSS',
  url: 'https://github.com/cisagov/CSAF',
  licence: 'US government work; CC0-1.0; EPSS with attribution to FIRST (see data/README.md)',
}

/** A moment as we write it; what a CVE record gives without a zone is in UTC (CVE record format 5.1, `timestamp`). */
const moment = (text: string) => new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`).toISOString()

/** The products of an advisory's tree by id, with the name and the version branch that lead to each. */
function productsOf({ product_tree }: Advisory) {
  type Branch = (typeof product_tree.branches)[number]
  const walk = (branches: readonly Branch[], name = ''): { id: string; name: string; version: string }[] =>
    branches.flatMap((each) => {
      const called = each.category === 'product_name' ? each.name : name
      const own = each.product ? [{ id: each.product.product_id, name: called, version: each.name }] : []
      return [...own, ...walk(each.branches ?? [], called)]
    })
  return walk(product_tree.branches)
}

/** The statement that a fixed version is not affected, once the advisory is seen to name it for this product. */
function fixedIn(version: string, texts: readonly string[], from: string): VersionRange {
  if (!texts.some((text) => text.includes(version))) throw new Error(`${from} names no fix ${version}`)
  return { status: 'unaffected', from: { version, inclusive: true } }
}

function fromAdvisories(chosen: Chosen, advisories: Sources['advisories']): readonly Statement[] {
  return Object.entries(chosen.advisories ?? {}).flatMap(([id, { called, only, fixed }]) => {
    const advisory = advisories.get(id)
    const products = advisory ? productsOf(advisory).filter(({ name }) => name.trim() === called) : []
    if (advisory === undefined || products.length === 0) throw new Error(`${id} knows no ${called}`)
    const wanted = advisory.vulnerabilities.filter(({ cve }) => only?.includes(cve) ?? true)
    return wanted.flatMap(({ cve, product_status, remediations = [] }) => {
      const affected = products.filter((each) => product_status.known_affected?.includes(each.id))
      const texts = remediations.filter(({ product_ids }) => affected.some((each) => product_ids?.includes(each.id)))
      const ranges = affected.flatMap(({ version }) => rangesOfBranch(version, id))
      const details = texts.map((each) => each.details)
      const fix = fixed === undefined ? [] : [fixedIn(fixed, details, `${id}, ${cve}`)]
      return ranges.length === 0 ? [] : [{ cve, of: chosen, ranges: [...ranges, ...fix], source: id }]
    })
  })
}

function fromRecords(chosen: Chosen, records: Sources['records']): readonly Statement[] {
  return Object.entries(chosen.records ?? {}).map(([cve, { vendor, product }]) => {
    const named = (records.get(cve)?.containers.cna.affected ?? []).filter(
      (each) => each.vendor === vendor && each.product === product,
    )
    const versions = named.flatMap((each) => each.versions ?? [])
    if (versions.length === 0) throw new Error(`${cve} knows no ${vendor} ${product}`)
    return { cve, of: chosen, ranges: versions.map((each) => rangeOfRecord(each, cve)), source: cve }
  })
}

const containersOf = (record: CveRecord | undefined) =>
  record ? [record.containers.cna, ...(record.containers.adp ?? [])] : []

type Cvss = NonNullable<Vulnerability['cvss']>[number]

function cvssOf(record: CveRecord | undefined, advisories: readonly Advisory[], cve: string): readonly Cvss[] {
  type Score = { version: string; vectorString: string; baseScore: number }
  const scored = (score: Score, from: string): Cvss => ({
    version: score.version as Cvss['version'],
    vector: score.vectorString,
    score: score.baseScore,
    source: from,
  })
  const ofRecord = containersOf(record).flatMap(({ metrics = [], providerMetadata }) =>
    metrics
      .flatMap((metric) => Object.entries(metric))
      .filter(([key]) => /^cvssV/.test(key))
      .map(([, score]) => scored(score as Score, providerMetadata.shortName)),
  )
  const ofAdvisories = advisories.flatMap(({ document, vulnerabilities }) =>
    vulnerabilities
      .filter((each) => each.cve === cve)
      .flatMap(({ scores = [] }) => scores)
      .flatMap(({ cvss_v3 }) => (cvss_v3 ? [scored(cvss_v3, document.tracking.id)] : [])),
  )
  const all = [...ofRecord, ...ofAdvisories]
  return all.filter(
    (each, at) => all.findIndex(({ vector, source: from }) => vector === each.vector && from === each.source) === at,
  )
}

type Ssvc = NonNullable<Vulnerability['ssvc']>

function ssvcOf(record: CveRecord | undefined): Ssvc | undefined {
  const others = containersOf(record).flatMap(({ metrics = [] }) => metrics.map(({ other }) => other))
  const found = others.find((other) => (other as { type?: string } | undefined)?.type === 'ssvc')
  if (found === undefined) return undefined
  const { content } = found as { content: { options: Record<string, string>[]; timestamp: string } }
  const points = Object.assign({}, ...content.options) as Record<string, string>
  return {
    exploitation: points.Exploitation?.toLowerCase() as Ssvc['exploitation'],
    automatable: points.Automatable?.toLowerCase() as Ssvc['automatable'],
    technicalImpact: points['Technical Impact']?.toLowerCase() as Ssvc['technicalImpact'],
    source: 'CISA Vulnrichment',
    at: moment(content.timestamp),
  }
}

function factsOf(cve: string, { kev, epss, records }: Sources): Pick<Vulnerability, 'ssvc' | 'kev' | 'epss'> {
  const [listed, row, ssvc] = [kev.entries.get(cve), epss.rows.get(cve), ssvcOf(records.get(cve))]
  return {
    ...(ssvc && { ssvc }),
    ...(listed && {
      kev: {
        dateAdded: listed.dateAdded,
        dueDate: listed.dueDate,
        knownRansomware: listed.knownRansomwareCampaignUse === 'Known',
      },
    }),
    ...(row && { epss: { score: Number(row[0]), percentile: Number(row[1]), date: epss.date, model: epss.model } }),
  }
}

const webPage = ({ document: { references, tracking } }: Advisory) => {
  const page = references.find(({ category, url }) => category === 'self' && url.startsWith('https://www.cisa.gov/'))
  if (page === undefined) throw new Error(`${tracking.id} names no page of its own`)
  return page.url
}

/** The record's own dates; without a record, the first and the last that the other sources have. */
function datesOf(cve: string, record: CveRecord | undefined, advisories: readonly Advisory[], kev: Sources['kev']) {
  if (record !== undefined) {
    const { datePublished, dateUpdated } = record.cveMetadata
    return { published: moment(datePublished), modified: moment(dateUpdated) }
  }
  const listed = kev.entries.get(cve)
  const tracked = advisories.map(({ document }) => document.tracking)
  const dates = [
    ...tracked.flatMap((each) => [moment(each.initial_release_date), moment(each.current_release_date)]),
    ...(listed ? [moment(`${listed.dateAdded}T00:00:00Z`)] : []),
  ].sort()
  return { published: dates.at(0) ?? '', modified: dates.at(-1) ?? '' }
}

function vulnerabilityOf(cve: string, said: readonly Statement[], sources: Sources): Vulnerability {
  const record = sources.records.get(cve)
  const advisories = [...new Set(said.flatMap((each) => sources.advisories.get(each.source) ?? []))]
  const cvss = cvssOf(record, advisories, cve)
  return {
    id: cve,
    ...datesOf(cve, record, advisories, sources.kev),
    affected: said.map(({ of: { vendor, product }, ranges, source: from }) => ({
      vendor,
      product,
      ranges: [...ranges],
      source: from,
    })),
    ...(cvss.length > 0 && { cvss: [...cvss] }),
    ...factsOf(cve, sources),
    advisories: advisories.map((each) => ({
      id: each.document.tracking.id,
      publisher: each.document.publisher.name,
      url: webPage(each),
      published: moment(each.document.tracking.initial_release_date),
    })),
    references: [...new Set((record?.containers.cna.references ?? []).map(({ url }) => url))],
  }
}

/** The bytes of the snapshot, from a folder laid out as ../shared/data. The same sources always give the same bytes. */
export function build(folder: string): string {
  const ids = new Set(selection.flatMap((each) => Object.keys(each.advisories ?? {})))
  const advisories = readAdvisories(folder, ids)
  const byAdvisory = selection.flatMap((each) => fromAdvisories(each, advisories))
  const cves = new Set([
    ...byAdvisory.map(({ cve }) => cve),
    ...selection.flatMap((each) => Object.keys(each.records ?? {})),
  ])
  const sources = readSources(folder, advisories, cves)
  const said = Map.groupBy(
    [...byAdvisory, ...selection.flatMap((each) => fromRecords(each, sources.records))],
    ({ cve }) => cve,
  )
  const document: KnowledgeDocument = {
    format: 'suture.knowledge.v1',
    source: { ...source, retrieved: sources.kev.released },
    products: selection
      .map(({ vendor, product, aliases = [] }) => ({
        vendor,
        product,
        aliases: [...aliases],
        scheme: 'generic' as const,
      }))
      .sort((a, b) => (productKey(a.vendor, a.product) < productKey(b.vendor, b.product) ? -1 : 1)),
    vulnerabilities: [...said]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([cve, statements]) => vulnerabilityOf(cve, statements, sources)),
  }
  return `${JSON.stringify(KnowledgeDocument.parse(document), null, 2)}\n`
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) throw new Error('Say where the sources are: node data/build.ts ../shared/data')
  writeFileSync(knowledgeFile, build(folder))
  process.stdout.write(`Wrote ${knowledgeFile}.\n`)
}
