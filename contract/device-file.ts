import { DeviceRow } from './device-row.ts'

/** A device as a file lists it, and where it stands there: `line 7`, `row 7`. */
export interface Listed {
  readonly row: DeviceRow
  readonly place: string
}

/** What is wrong with a file, a sentence for each place. */
export type Faults = readonly string[]

/** The devices of a file, or what is wrong with it; never some of both. */
export type DeviceFile = { readonly listed: readonly Listed[] } | { readonly faults: Faults }

export type DeviceFileFormat = 'csv' | 'json'

/** How the lines of a CSV file are read; csv-parse does it, in a form for Node and in one for browsers. */
export type ParseCsv = (
  text: string,
  options: {
    readonly columns: (found: readonly string[]) => string[]
    readonly info: true
    readonly bom: true
    readonly trim: true
    readonly skip_empty_lines: true
  },
) => unknown

interface Raw {
  readonly row: unknown
  readonly place: string
}

/** Ends the reading where no row can be told from another. */
class Unreadable extends Error {
  readonly faults: Faults

  constructor(faults: Faults) {
    super(faults.join('; '))
    this.faults = faults
  }
}

const { identity: _identity, ...plain } = DeviceRow.shape
/** The headings that a CSV file may have. */
const headings: readonly string[] = [
  ...Object.keys(plain),
  ...['identity.protocol', 'identity.host', 'identity.port', 'identity.path', 'identity_url'],
]

/**
 * The devices that a file lists: CSV with the names of the fields as headings, or JSON, a list or an object with the list
 * under `devices`.
 */
export function readDeviceFile(bytes: Uint8Array, format: DeviceFileFormat, parse: ParseCsv): DeviceFile {
  try {
    const text = decode(bytes)
    const raw = format === 'csv' ? readCsv(text, parse) : readJson(text)
    return raw.length === 0 ? { faults: ['it lists no device'] } : devicesIn(raw)
  } catch (error) {
    if (error instanceof Unreadable) return { faults: error.faults }
    throw error
  }
}

function devicesIn(raw: readonly Raw[]): DeviceFile {
  const read = raw.map(({ row, place }) => ({ place, result: DeviceRow.safeParse(row, { reportInput: true }) }))
  const faults = read.flatMap(({ place, result }) =>
    (result.error?.issues ?? []).map(
      ({ path, code, input, message }) =>
        `${place}, ${path.join('.') || 'the whole row'}: ${code === 'invalid_type' && input === undefined ? 'is missing' : message}`,
    ),
  )
  const listed = read.flatMap(({ place, result }) => (result.success ? [{ place, row: result.data }] : []))
  const wrong = [...faults, ...repeated(listed, 'serial'), ...repeated(listed, 'controllerId')]
  return wrong.length > 0 ? { faults: wrong } : { listed }
}

/** A file's text; what is not UTF-8 is refused, because a serial with replaced letters would be another device's. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Unreadable(['it is not UTF-8; in Excel, save it as “CSV UTF-8”'])
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

function readJson(text: string): readonly Raw[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Unreadable([`it is not JSON: ${(error as Error).message}`])
  }
  const rows = Array.isArray(value) ? value : (value as { devices?: unknown } | null)?.devices
  if (!Array.isArray(rows))
    throw new Unreadable(['it is neither a list of devices nor an object with one under `devices`'])
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

function readCsv(text: string, parse: ParseCsv): readonly Raw[] {
  const separator = otherSeparator(text)
  if (separator !== undefined)
    throw new Unreadable([
      `line 1: the fields are separated by ${separator}; save the file with commas between them, and in double quotes what contains a comma`,
    ])
  try {
    const options = { columns: headingsOf, info: true, bom: true, trim: true, skip_empty_lines: true } as const
    return (parse(text, options) as readonly CsvRecord[]).map(({ record, info }) => ({
      row: rowOf(record),
      place: `line ${info.lines}`,
    }))
  } catch (error) {
    throw isCsvFault(error) ? new Unreadable([csvFault(error)]) : error
  }
}

function headingsOf(found: readonly string[]): string[] {
  const faults = found.flatMap((heading, at) => [
    ...(headings.includes(heading)
      ? []
      : [`line 1, column ${at + 1}: there is no field ${heading || '(empty)'}; the fields are ${headings.join(', ')}`]),
    ...(found.indexOf(heading) < at ? [`line 1, column ${at + 1}: the heading ${heading} stands there twice`] : []),
  ])
  if (faults.length > 0) throw new Unreadable(faults)
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

/** What csv-parse throws at what is no CSV; it sits in a part of its own for Node and for browsers. */
interface CsvFault extends Error {
  readonly code: string
  readonly lines?: number
  readonly column?: string | number | null
}
const isCsvFault = (error: unknown): error is CsvFault =>
  error instanceof Error && 'code' in error && /^(CSV|INVALID)_/.test(String(error.code))

function csvFault({ lines, column, code, message }: CsvFault): string {
  const at = column === undefined || column === null ? '' : `, column ${column}`
  return `line ${lines ?? '?'}${at}: ${message}; ${remedies[code] ?? 'write it as RFC 4180 says'}`
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

/** What the server said no to, by the places of the file; undefined when it said something else. */
export function refusedRows(
  problem: { readonly code?: string | undefined },
  listed: readonly Listed[],
): Faults | undefined {
  if (problem.code !== 'inventory/rows-refused') return undefined
  const { errors, total } = problem as unknown as {
    readonly errors: readonly { readonly row: number; readonly field: string; readonly message: string }[]
    readonly total: number
  }
  const told = errors.map(
    ({ row, field, message }) => `${listed[row - 1]?.place}, ${field.replace(/^\/devices\/\d+\//, '')}: ${message}`,
  )
  return [...told, ...Array<string>(total - errors.length).fill('one more of the kind')]
}
