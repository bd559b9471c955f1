import type { Reply } from '@suture/contract/client.ts'
import { explainDecision, getDecisionTable, listFindingGroups, listFindings, listFixes } from '@suture/contract/risk.ts'
import { type FactName, factNames, outcomeWords } from '@suture/contract/risk-words.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Finding = Reply<typeof listFindings>['items'][number]
type Group = Reply<typeof listFindingGroups>['items'][number]
type TableRow = Reply<typeof getDecisionTable>['rows'][number]
type Fix = Reply<typeof listFixes>['items'][number]
type Explained = Reply<typeof explainDecision>
interface Options {
  readonly server?: string
  readonly output: Format
}

const dayOf = (moment: Date | null) => moment?.toISOString().slice(0, 10) ?? 'none'

const findingColumns: readonly Column<Finding>[] = [
  { head: 'Due', cell: ({ dueAt }) => dayOf(dueAt) },
  { head: 'Vulnerability', cell: ({ vulnerability }) => vulnerability },
  { head: 'Verdict', cell: ({ verdict }) => verdict },
  { head: 'Fix', cell: ({ outcome }) => (outcome === null ? 'not decided yet' : outcomeWords[outcome]) },
  { head: 'Device', cell: ({ device }) => device.name },
  { head: 'Model', cell: ({ device }) => `${device.manufacturer} ${device.model}` },
  { head: 'Firmware', cell: ({ device }) => device.firmware },
  { head: 'Site', cell: ({ device }) => device.site ?? '' },
  { head: 'Device id', cell: ({ device }) => device.id },
]

const groupColumns: readonly Column<Group>[] = [
  { head: 'Due', cell: ({ dueAt }) => dayOf(dueAt) },
  { head: 'Fix', cell: ({ outcome }) => (outcome === null ? 'not decided yet' : outcomeWords[outcome]) },
  { head: 'Model', cell: ({ manufacturer, model }) => `${manufacturer} ${model}` },
  { head: 'Findings', cell: ({ findings }) => String(findings) },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
  { head: 'Vulnerabilities', cell: ({ vulnerabilities }) => String(vulnerabilities) },
  { head: 'Least patient', cell: ({ most }) => most.join(' ') },
]

const rowColumns: readonly Column<TableRow>[] = [
  { head: 'Row', cell: ({ row }) => String(row) },
  { head: factNames.inKev, cell: ({ inKev }) => inKev },
  { head: factNames.publiclyExposed, cell: ({ publiclyExposed }) => publiclyExposed },
  { head: factNames.automatable, cell: ({ automatable }) => automatable },
  { head: factNames.technicalImpact, cell: ({ technicalImpact }) => technicalImpact },
  { head: 'Fix', cell: ({ outcome }) => outcomeWords[outcome] },
  { head: 'Findings', cell: ({ findings }) => String(findings) },
]

const fixColumns: readonly Column<Fix>[] = [
  { head: 'Release', cell: ({ release }) => `${release.name} ${release.version}` },
  { head: 'State', cell: ({ release }) => release.state },
  { head: 'Closes', cell: ({ closes, isJudged }) => (isJudged ? String(closes.findings) : 'not judged yet') },
  { head: 'On devices', cell: ({ closes }) => String(closes.devices) },
  { head: 'Cannot tell', cell: ({ undecided }) => String(undecided) },
  { head: 'Earliest due', cell: ({ dueAt }) => dayOf(dueAt) },
  { head: 'Vulnerabilities', cell: ({ vulnerabilities }) => vulnerabilities.map(({ id }) => id).join(' ') },
  { head: 'Id', cell: ({ release }) => release.id },
]

function factInWords(name: FactName, { facts }: Explained): string {
  const { value, counted, source, at } = facts[name]
  if (value === null) return `${factNames[name]}: nobody knows, so ${counted} counts`
  return `${factNames[name]}: ${value} (${source}${at === null ? '' : `, ${at}`})`
}

function decisionInWords(told: Explained): string {
  return [
    `${told.vulnerability} on ${told.device.name}: fix ${outcomeWords[told.outcome]}, by row ${told.row} of ${told.table}.`,
    ...(Object.keys(factNames) as FactName[]).map((name) => factInWords(name, told)),
    ...(told.verdict === 'unknown' ? ['Nobody can tell whether it is affected, so it counts as affected.'] : []),
    `The clock began ${told.clockStart.toISOString()}; due: ${told.dueAt?.toISOString() ?? 'no date'} (${told.policy}).`,
    ...(told.before ? [`Before that it was: ${outcomeWords[told.before.outcome]}.`] : []),
    ...told.otherwise.map(
      ({ fact, value, outcome }) =>
        `If ${factNames[fact as FactName].toLowerCase()} were ${value}: ${outcomeWords[outcome]}.`,
    ),
  ].join('\n')
}

/** `suture finding …`: what has to be fixed until when, and why then. */
export function finding(program: Command): Command {
  const command = program.command('finding').description('findings (device × vulnerability) with their deadlines')
  command
    .command('list')
    .description('list the 500 most urgent')
    .option('--vulnerability <id>', 'only this vulnerability')
    .option('--device <id>', 'only this device')
    .option('--manufacturer <name>', 'only devices of this manufacturer')
    .option('--model <name>', 'only devices of this model')
    .option('--site <number>', 'only devices of this site', Number)
    .action(async (given: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items, counts } = await ask(await connect(server), listFindings, { query: { limit: 500, ...given } })
      say(list(items, findingColumns, output))
      if (output === 'table')
        say(
          `${counts.findings} findings (device × vulnerability) on ${counts.devices} devices, ${counts.overdue} overdue`,
        )
    })
  command
    .command('groups')
    .description('list what is due together, by model and deadline')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), listFindingGroups, { query: { limit: 200 } })
      say(list(items, groupColumns, output))
    })
  command
    .command('table')
    .description('show the table that decides, and how many findings stand on each row')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { rows } = await ask(await connect(server), getDecisionTable, {})
      say(list(rows, rowColumns, output))
    })
  command
    .command('explain')
    .description('say what was decided about a vulnerability on a device, and why')
    .argument('<device>', 'the device, as `suture finding list` shows it')
    .argument('<vulnerability>', 'as in CVE-2023-6448')
    .action(async (id: string, vulnerability: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const told = await ask(await connect(server), explainDecision, { params: { id, vulnerability } })
      say(output === 'json' ? JSON.stringify(told, undefined, 2) : decisionInWords(told))
    })
  return command
}

/** `suture fix list`: which release closes what. */
export function fix(program: Command): Command {
  const command = program.command('fix').description('what each release would close')
  command
    .command('list')
    .description('list the releases, the one with the earliest deadline first')
    .option('--any', 'releases in every state, not only the published ones')
    .action(async (_options: object, self: Command) => {
      const { server, output, any } = self.optsWithGlobals<Options & { any?: true }>()
      const query = { limit: 200, ...(any ? { state: 'any' as const } : {}) }
      const { items } = await ask(await connect(server), listFixes, { query })
      say(list(items, fixColumns, output))
    })
  return command
}
