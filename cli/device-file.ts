import { readFile } from 'node:fs/promises'
import { DeviceRow } from '@suture/contract/device-row.ts'
import { CsvError, parse } from 'csv-parse/sync'
import { Failure } from './failure.ts'

/** A device as a file lists it, and where it stands there: `line 7`, `row 7`. */
export interface Listed {
  readonly row: DeviceRow
  readonly place: string
}

interface Raw {
  readonly row: unknown
  readonly place: string
}

/** What is wrong with a file, a sentence for each place. */
type Faults = readonly string[]

const { identity: _identity, ...plain } = DeviceRow.shape
/** The headings that a CSV file may have. */
const headings: readonly string[] = [
  ...Object.keys(plain),
  ...['identity.protocol', 'identity.host', 'identity.port', 'identity.path', 'identity_url'],
]

/** As many faults as are shown; whoever has mended those asks again. */
const mostShown = 20

/** Ends with what is wrong with a file, each fault on a line of its own. */
export function refuseFile(file: string, faults: Faults, status?: number): never {
  const more = faults.length > mostShown ? [`… and ${faults.length - mostShown} more.`] : []
  const told = faults.slice(0, mostShown).map((fault) => `  ${fault}`)
  throw new Failure([`${file} was not imported:`, ...told, ...more].join('\n'), status)
}

/**
 * The devices that a file lists: CSV with the names of the fields as headings, or JSON, a list or an object with the list
 * under `devices`.
 * @throws Failure that names each line or row with what is wrong there
 */
export async function readDevices(file: string, format: 'csv' | 'json'): Promise<readonly Listed[]> {
  const text = decode(file, await readFile(file))
  const raw = format === 'csv' ? readCsv(file, text) : readJson(file, text)
  if (raw.length === 0) refuseFile(file, ['it lists no device'])
  const read = raw.map(({ row, place }) => ({ place, result: DeviceRow.safeParse(row, { reportInput: true }) }))
  const faults = read.flatMap(({ place, result }) =>
    (result.error?.issues ?? []).map(
      ({ path, code, input, message }) =>
        `${place}, ${path.join('.') || 'the whole row'}: ${code === 'invalid_type' && input === undefined ? 'is missing' : message}`,
    ),
  )
  const listed = read.flatMap(({ place, result }) => (result.success ? [{ place, row: result.data }] : []))
  const doubled = [...repeated(listed, 'serial'), ...repeated(listed, 'controllerId')]
  if (faults.length + doubled.length > 0) refuseFile(file, [...faults, ...doubled])
  return listed
}

/** A file's text; what is not UTF-8 is refused, because a serial with replaced letters would be another device's. */
function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuseFile(file, ['it is not UTF-8; in Excel, save it as “CSV UTF-8”'])
  }
}

/** What stands in a file twice that may stand there once. */
function repeated(listed: readonly Listed[], field: 'serial' | 'controllerId'): Faults {
  const first = new Map<string, string>()
  return listed.flatMap(({ row, place }) => {
    const value = row[field]
    if (value === undefined) return []
    const before = first.get(value)
    if (before === undefined) first.set(value, place)
    return before === undefined ? [] : [`${place}, ${field}: ${before} has ${value} too`]
  })
}

function readJson(file: string, text: string): readonly Raw[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refuseFile(file, [`it is not JSON: ${(error as Error).message}`])
  }
  const rows = Array.isArray(value) ? value : (value as { devices?: unknown } | null)?.devices
  if (!Array.isArray(rows))
    return refuseFile(file, ['it is neither a list of devices nor an object with one under `devices`'])
  return rows.map((row: unknown, at) => ({ row, place: `row ${at + 1}` }))
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>
  readonly info: { readonly lines: number }
}

/** What else than commas stands between the fields of many a spreadsheet’s file. */
const separators = { ';': 'semicolons', '\t': 'tabs' } as const

/** By what else the first line separates fields, in words; a spreadsheet may say so itself in a line of its own. */
function otherSeparator(text: string): string | undefined {
  const [first = ''] = text.replace(/^[\ufeff\r\n]+/, '').split(/\r?\n/, 1)
  const isHeading = (cell: string) => headings.includes(cell.replaceAll('"', '').trim())
  const found = Object.entries(separators).find(
    ([separator]) => first === `sep=${separator}` || first.split(separator).filter(isHeading).length > 1,
  )
  return found?.[1]
}

function readCsv(file: string, text: string): readonly Raw[] {
  const separator = otherSeparator(text)
  if (separator !== undefined)
    refuseFile(file, [
      `line 1: the fields are separated by ${separator}; save the file with commas between them, and in double quotes what contains a comma`,
    ])
  const columns = (found: readonly string[]): string[] => headingsOf(file, found)
  try {
    const records = parse(text, { columns, info: true, bom: true, trim: true, skip_empty_lines: true })
    return (records as unknown as CsvRecord[]).map(({ record, info }) => ({
      row: rowOf(record),
      place: `line ${info.lines}`,
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return refuseFile(file, [csvFault(error)])
  }
}

function headingsOf(file: string, found: readonly string[]): string[] {
  const faults = found.flatMap((heading, at) => [
    ...(headings.includes(heading)
      ? []
      : [`line 1, column ${at + 1}: there is no field ${heading || '(empty)'}; the fields are ${headings.join(', ')}`]),
    ...(found.indexOf(heading) < at ? [`line 1, column ${at + 1}: the heading ${heading} stands there twice`] : []),
  ])
  if (faults.length > 0) refuseFile(file, faults)
  return [...found]
}

/** What a person does about CSV that is none. */
const remedies: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS:
    'give each line as many fields as the first has, and quote fields that contain a comma',
  CSV_QUOTE_NOT_CLOSED: 'close the quotation mark',
  INVALID_OPENING_QUOTE: 'quote the whole field, and write a quotation mark inside it twice',
  CSV_INVALID_CLOSING_QUOTE: 'write a quotation mark inside a quoted field twice',
}

function csvFault(error: CsvError): string {
  const { lines, column, code } = error as CsvError & {
    readonly lines?: number
    readonly column?: string | number | null
  }
  const at = column === undefined || column === null ? '' : `, column ${column}`
  return `line ${lines ?? '?'}${at}: ${error.message}; ${remedies[code] ?? 'write it as RFC 4180 says'}`
}

/** A row out of the cells of a line; an empty cell says nothing. */
function rowOf(record: Readonly<Record<string, string>>): unknown {
  const filled = Object.entries(record).filter(([, cell]) => cell !== '')
  const row: Record<string, unknown> = Object.fromEntries(filled.filter(([heading]) => heading in plain))
  const parts = Object.fromEntries(
    filled.flatMap(([heading, cell]) =>
      heading.startsWith('identity.') ? [[heading.slice('identity.'.length), cell]] : [],
    ),
  )
  const url = record.identity_url ? addressOf(record.identity_url) : undefined
  const port = 'port' in parts ? { port: asNumber(parts.port as string) } : {}
  if (url !== undefined || Object.keys(parts).length > 0) row.identity = { ...url, ...parts, ...port }
  if (row.rig !== undefined) row.rig = { true: true, false: false }[String(row.rig)] ?? row.rig
  return row
}

/** A number if the cell is one, and otherwise the cell, which the schema then refuses. */
const asNumber = (cell: string): number | string => (/^\d+$/.test(cell) ? Number(cell) : cell)

/** `coap://127.0.0.1:5683/identity` in its parts; a port that is left out is the protocol's own. */
function addressOf(text: string): object {
  const url = URL.parse(text)
  if (!url) return { protocol: text }
  const protocol = url.protocol.replace(/:$/, '')
  const usual = protocol === 'coap' ? 5683 : 80
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { protocol, host, port: url.port === '' ? usual : Number(url.port), path: url.pathname }
}
