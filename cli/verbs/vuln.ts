import type { Reply } from '@suture/contract/client.ts'
import { explainMatch, getVulnerability, listVulnerabilities } from '@suture/contract/intelligence.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Vulnerability = Reply<typeof listVulnerabilities>['items'][number]
type Told = Reply<typeof getVulnerability>
type Explained = Reply<typeof explainMatch>
type Because = Explained['judged'][number]['because']
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Vulnerability>[] = [
  { head: 'Id', cell: ({ id }) => id },
  { head: 'Published', cell: ({ publishedAt }) => publishedAt.toISOString().slice(0, 10) },
  { head: 'Exploited since', cell: ({ listedAt }) => listedAt ?? '' },
  { head: 'Automatable', cell: ({ automatable }) => automatable ?? 'unknown' },
  { head: 'Impact', cell: ({ technicalImpact }) => technicalImpact ?? 'unknown' },
  { head: 'Score', cell: ({ baseScore }) => baseScore?.toFixed(1) ?? '' },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
]

type Range = NonNullable<Because['range']>
type End = NonNullable<Range['from']>

const endInWords = ({ version, inclusive }: End, word: string) =>
  `${word} ${version}${inclusive ? '' : ' (not itself)'}`

function rangeInWords({ status, exact, all, from, to }: Range): string {
  const which =
    exact ??
    (all
      ? 'every version'
      : [from && endInWords(from, 'from'), to && endInWords(to, 'up to')].filter(Boolean).join(' '))
  return `${status}: ${which}`
}

/** What decided, as half a sentence that goes on after the version. */
function becauseInWords({ rule, range, unreadable }: Because): string {
  const said = range ? ` (${rangeInWords(range)})` : ''
  switch (rule) {
    case 'unreadable-version':
      return `cannot be read as a version (${unreadable})`
    case 'unreadable-range':
      return `cannot be compared with what is said${said}`
    case 'refines':
      return `is a closer description of a release that is named${said}, and nobody said which side it is on`
    case 'exact':
      return `is named${said}`
    case 'all':
      return `is among all versions${said}`
    case 'inside':
      return `lies inside${said}`
    case 'outside':
      return `lies outside${said}`
    default:
      return 'is not mentioned'
  }
}

const recognition = { name: 'by its name', alias: 'by another name of it', cpe: 'by its CPE name' } as const
const meaning = { affected: 'affected', unknown: 'perhaps affected', 'not-affected': 'not affected' } as const

const componentInWords = ({
  component,
  product,
  identity,
  verdict,
  because,
  source,
  document,
}: Explained['judged'][number]) =>
  `${component.supplier} ${component.name} ${component.version} was recognised ${recognition[identity]} as ${product.vendor} ${product.name}: ${meaning[verdict]}, because ${component.version} ${becauseInWords(because)}. Said by ${source ?? 'the record'}, in ${document.name}.`

function explanationInWords({ vulnerability, verdict, judged, others, unrecognised }: Explained): string {
  const rest = `${others.recognised} other components are of products that ${vulnerability} is not about; ${others.unrecognised} were not recognised.`
  const strangers = unrecognised.map(({ supplier, name, version }) => `  ${supplier} ${name} ${version}`)
  return [
    `The bill is ${meaning[verdict]} by ${vulnerability}.`,
    ...judged.map(componentInWords),
    ...(judged.length === 0 ? [`None of its components is known to be a product that ${vulnerability} is about.`] : []),
    rest,
    ...(judged.length === 0 ? strangers : []),
  ].join('\n')
}

function vulnerabilityInWords(told: Told): string {
  const { facts, affected, matches, models } = told
  const exploited = told.listedAt === null ? 'not listed as exploited' : `listed as exploited since ${told.listedAt}`
  return [
    `${told.id}, published ${told.publishedAt.toISOString().slice(0, 10)}, ${exploited}. Known here since ${told.knownAt.toISOString()}, from ${told.document.name}.`,
    `Automatable: ${told.automatable ?? 'unknown'}. Technical impact: ${told.technicalImpact ?? 'unknown'}.`,
    ...(facts.cvss ?? []).map(
      ({ version, score, vector, source }) => `CVSS ${version}: ${score.toFixed(1)} ${vector} (${source})`,
    ),
    ...(facts.epss ? [`EPSS: ${facts.epss.score} on ${facts.epss.date}`] : []),
    ...affected.flatMap(({ vendor, name, source, ranges }) =>
      ranges.map((range) => `${vendor} ${name}, ${rangeInWords(range)} (${source ?? 'the record'})`),
    ),
    ...facts.advisories.map(({ id, publisher, url }) => `Advisory ${id} of ${publisher}: ${url}`),
    `${told.devices} findings (device × vulnerability) here.`,
    ...matches.map(
      ({ component, verdict, devices }) =>
        `  ${component.supplier} ${component.name} ${component.version}: ${meaning[verdict]}; devices: ${devices}`,
    ),
    ...models.map(({ manufacturer, name, devices }) => `  ${manufacturer} ${name}; devices: ${devices}`),
  ].join('\n')
}

/** `suture vuln …`: what is known, what of it is ours, and why. */
export function vuln(program: Command): Command {
  const command = program.command('vuln').description('vulnerabilities: what is known, and what matches')
  command
    .command('list')
    .description('list the newest 500 that match something here')
    .option('--all', 'list all that are known')
    .action(async (_options: object, self: Command) => {
      const { server, output, all } = self.optsWithGlobals<Options & { all?: true }>()
      const query = { limit: 500, ...(all ? { all: 'true' } : {}) }
      const { items, counts } = await ask(await connect(server), listVulnerabilities, { query })
      say(list(items, columns, output))
      if (output === 'table') say(`${counts.findings} findings (device × vulnerability) on ${counts.devices} devices`)
    })
  command
    .command('show')
    .description('show one: the facts with their sources, and what matches')
    .argument('<id>', 'as in CVE-2023-6448')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const told = await ask(await connect(server), getVulnerability, { params: { id } })
      say(output === 'json' ? JSON.stringify(told, undefined, 2) : vulnerabilityInWords(told))
    })
  command
    .command('explain')
    .description('say why a device or a bill is affected, or why not')
    .argument('<id>', 'as in CVE-2023-6448')
    .option('--device <id>', 'the device, as `suture device list` shows it')
    .option('--bill <digest>', 'the bill, instead of a device')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, device, bill } = self.optsWithGlobals<Options & { device?: string; bill?: string }>()
      if ((device === undefined) === (bill === undefined)) throw new Failure('Name a device or a bill, one of them.')
      const query = device === undefined ? { bill: bill ?? '' } : { device }
      const told = await ask(await connect(server), explainMatch, { params: { id }, query })
      say(output === 'json' ? JSON.stringify(told, undefined, 2) : explanationInWords(told))
    })
  return command
}
