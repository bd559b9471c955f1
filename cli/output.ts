import { stringify } from 'csv-stringify/sync'

export type Format = 'table' | 'json' | 'csv'
export const formats = ['table', 'json', 'csv'] as const

/** One column of a list: its heading, and what it shows of a row. */
export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => string
}

// Whatever a device or a person typed is not to move the cursor of a terminal.
const controls = /\p{Cc}/gu
export const plain = (text: string): string => text.replace(controls, ' ')

/** A list for people (table), for programs (json) or for spreadsheets (csv, where no cell is taken for a formula). */
export function list<Row>(rows: readonly Row[], columns: readonly Column<Row>[], format: Format): string {
  if (format === 'json') return JSON.stringify(rows, undefined, 2)
  const heads = columns.map(({ head }) => head)
  const cells = rows.map((row) => columns.map(({ cell }) => plain(cell(row))))
  if (format === 'csv') return stringify([heads, ...cells], { escape_formulas: true }).trimEnd()
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)))
  return [heads, ...cells]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

// Whoever read us is gone (`suture … | head`, a closed terminal): a server goes on, and stops in order when told to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

export const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** How this program was called, for sentences that say what to type next. */
export const programName = process.env.npm_config_user_agent === undefined ? 'suture' : 'npx suture'
