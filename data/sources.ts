import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { RecordVersion } from './ranges.ts'

interface Branch {
  readonly category: string
  readonly name: string
  readonly product?: { readonly product_id: string }
  readonly branches?: readonly Branch[]
}

/** What the build reads of an advisory (CSAF 2.0). */
export interface Advisory {
  readonly document: {
    readonly publisher: { readonly name: string }
    readonly references: readonly { readonly category: string; readonly url: string }[]
    readonly tracking: {
      readonly id: string
      readonly initial_release_date: string
      readonly current_release_date: string
    }
  }
  readonly product_tree: { readonly branches: readonly Branch[] }
  readonly vulnerabilities: readonly {
    readonly cve: string
    readonly product_status: { readonly known_affected?: readonly string[] }
    readonly remediations?: readonly { readonly details: string; readonly product_ids?: readonly string[] }[]
    readonly scores?: readonly { readonly cvss_v3?: Score; readonly products: readonly string[] }[]
  }[]
}

interface Score {
  readonly version: string
  readonly vectorString: string
  readonly baseScore: number
}

interface Container {
  readonly providerMetadata: { readonly shortName: string }
  readonly affected?: readonly {
    readonly vendor?: string
    readonly product?: string
    readonly versions?: readonly RecordVersion[]
  }[]
  readonly metrics?: readonly Readonly<Record<string, unknown>>[]
  readonly references?: readonly { readonly url: string }[]
}

/** What the build reads of a CVE record (CVE record format 5.1). */
export interface CveRecord {
  readonly cveMetadata: { readonly cveId: string; readonly datePublished: string; readonly dateUpdated: string }
  readonly containers: { readonly cna: Container; readonly adp?: readonly Container[] }
}

interface KevEntry {
  readonly cveID: string
  readonly dateAdded: string
  readonly dueDate: string
  readonly knownRansomwareCampaignUse: string
}

/** The parts of the sources that the selection asks for. */
export interface Sources {
  readonly advisories: ReadonlyMap<string, Advisory>
  readonly records: ReadonlyMap<string, CveRecord>
  readonly kev: { readonly released: string; readonly entries: ReadonlyMap<string, KevEntry> }
  readonly epss: {
    readonly model: string
    readonly date: string
    readonly rows: ReadonlyMap<string, readonly string[]>
  }
}

const unzip = (path: string) => gunzipSync(readFileSync(path)).toString('utf8')
const linesOf = (path: string) => unzip(path).split('\n').filter(Boolean)

/** The advisories with these ids, of a folder laid out as ../shared/data. */
export function readAdvisories(folder: string, ids: ReadonlySet<string>): ReadonlyMap<string, Advisory> {
  const found = linesOf(join(folder, 'csaf/cisa-ics-advisories.jsonl.gz'))
    .map((line) => (JSON.parse(line) as { doc: Advisory }).doc)
    .filter(({ document }) => ids.has(document.tracking.id))
  return new Map(found.map((each) => [each.document.tracking.id, each]))
}

/** The records with these ids: of the folder, and of data/records for those that it lacks. */
function readRecords(folder: string, ids: ReadonlySet<string>): ReadonlyMap<string, CveRecord> {
  const ours = join(import.meta.dirname, 'records')
  const lines = readdirSync(join(folder, 'cve5'))
    .filter((name) => name.endsWith('.jsonl.gz'))
    .flatMap((name) => linesOf(join(folder, 'cve5', name)))
    // Parsing every record would take most of a minute; its id stands among the first characters of few lines.
    .filter((line) => [...(line.match(/"cveId": ?"(CVE-[0-9-]+)"/)?.slice(1) ?? [])].some((id) => ids.has(id)))
  const kept = readdirSync(ours).map((name) => readFileSync(join(ours, name), 'utf8'))
  const records = [...kept, ...lines].map((text) => JSON.parse(text) as CveRecord)
  return new Map(records.map((each) => [each.cveMetadata.cveId, each]))
}

function readKev(folder: string, ids: ReadonlySet<string>): Sources['kev'] {
  const text = unzip(join(folder, 'kev/known_exploited_vulnerabilities.json.gz'))
  const { dateReleased, vulnerabilities } = JSON.parse(text) as { dateReleased: string; vulnerabilities: KevEntry[] }
  const entries = vulnerabilities
    .filter(({ cveID }) => ids.has(cveID))
    .map((each): [string, KevEntry] => [each.cveID, each])
  return { released: dateReleased.slice(0, 10), entries: new Map(entries) }
}

function readEpss(folder: string, ids: ReadonlySet<string>): Sources['epss'] {
  const [name] = readdirSync(join(folder, 'epss')).filter((each) => each.endsWith('.csv.gz'))
  const [head = '', , ...rows] = linesOf(join(folder, 'epss', name ?? ''))
  const [, model = '', date = ''] = /^#model_version:([^,]+),score_date:(\d{4}-\d{2}-\d{2})/.exec(head) ?? []
  const cells = rows.map((row) => row.split(',')).filter(([id]) => ids.has(id ?? ''))
  return { model, date, rows: new Map(cells.map(([id = '', ...rest]) => [id, rest])) }
}

/** Everything that is asked for. @throws when a source is not there */
export const readSources = (
  folder: string,
  advisories: ReadonlyMap<string, Advisory>,
  ids: ReadonlySet<string>,
): Sources => ({
  advisories,
  records: readRecords(folder, ids),
  kev: readKev(folder, ids),
  epss: readEpss(folder, ids),
})
