import type { Reply } from '@suture/contract/client.ts'
import { explainDecision, listFindings, listFixes } from '@suture/contract/risk.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Finding = Reply<typeof listFindings>['items'][number]
type Fix = Reply<typeof listFixes>['items'][number]
type Explained = Reply<typeof explainDecision>
interface Options {
  readonly server?: string
  readonly output: Format
}

/** The outcomes of the decision table as a person says them. */
const meaning = {
  FSU: 'on the next upgrade',
  '60D': 'within 60 days',
  '14D': 'within 14 days',
  '3D': 'within 3 days',
  '3DF': 'within 3 days, and look for traces of a break-in',
} as const

const dayOf = (moment: Date | null) => moment?.toISOString().slice(0, 10) ?? 'none'

const findingColumns: readonly Column<Finding>[] = [
  { head: 'Due', cell: ({ dueAt }) => dayOf(dueAt) },
  { head: 'Vulnerability', cell: ({ vulnerability }) => vulnerability },
  { head: 'Verdict', cell: ({ verdict }) => verdict },
  { head: 'Fix', cell: ({ outcome }) => (outcome === null ? 'not decided yet' : meaning[outcome]) },
  { head: 'Device', cell: ({ device }) => device.name },
  { head: 'Model', cell: ({ device }) => `${device.manufacturer} ${device.model}` },
  { head: 'Firmware', cell: ({ device }) => device.firmware },
  { head: 'Site', cell: ({ device }) => device.site ?? '' },
  { head: 'Device id', cell: ({ device }) => device.id },
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

const factNames = {
  publiclyExposed: 'Publicly exposed',
  inKev: 'Known to be exploited',
  automatable: 'Automatable',
  technicalImpact: 'Technical impact',
} as const

function factInWords(name: keyof typeof factNames, { facts }: Explained): string {
  const { value, counted, source, at } = facts[name]
  if (value === null) return `${factNames[name]}: nobody knows, so ${counted} counts`
  return `${factNames[name]}: ${value} (${source}${at === null ? '' : `, ${at}`})`
}

function decisionInWords(told: Explained): string {
  return [
    `${told.vulnerability} on ${told.device.name}: fix ${meaning[told.outcome]}, by row ${told.row} of ${told.table}.`,
    ...(Object.keys(factNames) as (keyof typeof factNames)[]).map((name) => factInWords(name, told)),
    ...(told.verdict === 'unknown' ? ['Nobody can tell whether it is affected, so it counts as affected.'] : []),
    `The clock began ${told.clockStart.toISOString()}; due: ${told.dueAt?.toISOString() ?? 'no date'} (${told.policy}).`,
    ...(told.before ? [`Before that it was: ${meaning[told.before.outcome]}.`] : []),
    ...told.otherwise.map(
      ({ fact, value, outcome }) =>
        `If ${factNames[fact as keyof typeof factNames].toLowerCase()} were ${value}: ${meaning[outcome]}.`,
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
