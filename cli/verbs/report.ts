import { getManagementReport } from '@suture/contract/report.ts'
import type { Paper } from '@suture/contract/report-sheet.ts'
import { type FigureText, reportText } from '@suture/contract/report-words.ts'
import { type Command, Option } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { reportHtml } from '../report-html.ts'

interface Options {
  readonly server?: string
  readonly output: Format
  readonly days: string
  readonly html?: true
  readonly paper: Paper
}

const columns: readonly Column<FigureText>[] = [
  { head: 'Figure', cell: ({ name }) => name },
  { head: 'Value', cell: ({ value }) => value },
  { head: 'Counted', cell: ({ note }) => note },
]

/** `suture report …`: what managers and auditors are shown. */
export function report(program: Command): Command {
  const command = program.command('report').description('reports for managers and auditors')
  command
    .command('management')
    .description('whether things get better, and what is due next: four figures, and what they were counted from')
    .option('--days <n>', 'for how many days back updates and packs are counted', '30')
    .option('--html', 'one HTML file on standard output, set for print')
    .addOption(new Option('--paper <size>', 'what the HTML is set for').choices(['A4', 'letter']).default('A4'))
    .action(async (_: object, self: Command) => {
      const { output, days, html, paper, server } = self.optsWithGlobals<Options>()
      const told = await ask(await connect(server), getManagementReport, { query: { days: Number(days) } })
      const words = reportText(told)
      if (html) say(reportHtml(words, paper))
      else if (output === 'json') say(JSON.stringify(told, undefined, 2))
      else say(`${output === 'table' ? `${words.summary}\n\n` : ''}${list(words.figures, columns, output)}`)
    })
  return command
}
