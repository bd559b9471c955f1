import { type Paper, sheetStyle } from '@suture/contract/report-sheet.ts'
import type { ReportSection, ReportText } from '@suture/contract/report-words.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const text = (given: string): string => given.replace(/[&<>"]/g, (each) => entities[each] ?? each)

const cells = (kind: 'th' | 'td', row: readonly string[], numbersFrom = row.length): string =>
  row.map((cell, at) => `<${kind}${at >= numbersFrom ? ' class="num"' : ''}>${text(cell)}</${kind}>`).join('')

function section({ title, says, heads, rows, empty, numbersFrom }: ReportSection): string {
  const body = rows.map((row) => `<tr>${cells('td', row, numbersFrom)}</tr>`).join('\n')
  const table = `<table><thead><tr>${cells('th', heads, numbersFrom)}</tr></thead><tbody>\n${body}\n</tbody></table>`
  return `<section><h2>${text(title)}</h2>${says ? `<p>${text(says)}</p>` : ''}${rows.length > 0 ? table : `<p>${text(empty)}</p>`}</section>`
}

/** A report as one file that asks for nothing else and prints as the console does. */
export function reportHtml(report: ReportText, paper: Paper): string {
  const figures = report.figures.map(
    ({ name, value, note }) =>
      `<div><dt>${text(name)}</dt><dd class="value">${text(value)}</dd><dd>${text(note)}</dd></div>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(report.head)}</title><style>${sheetStyle({ paper, ...report })}
body { margin: 24px } @media print { body { margin: 0 } }</style></head>
<body><main class="sheet"><h1>${text(report.title)}</h1><p>${text(report.summary)}</p>
<dl class="nums">${figures.join('')}</dl>
${report.sections.map(section).join('\n')}
<div class="sig">${report.signatures.map((each) => `<div>${text(each)}</div>`).join('')}</div>
</main></body></html>
`
}
