import type { Reply } from '@suture/contract/client.ts'
import { deviceFields } from '@suture/contract/device-fields.ts'
import * as contract from '@suture/contract/inventory.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'
import { readableQuery } from '../query.ts'
import { actOnMany, deviceActions, type ManyOptions, meaningMany } from './device-actions.ts'
import { idOf } from './device-id.ts'
import { importDevices } from './device-import.ts'
import { deviceViews } from './device-views.ts'
import { whyNot } from './device-why.ts'

type Device = Reply<typeof contract.admitDevice>
type Known = Reply<typeof contract.getDevice>
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Device>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Serial', cell: ({ serial }) => serial },
  { head: 'State', cell: ({ state, rig }) => (rig ? `${state} (rig)` : state) },
  { head: 'Model', cell: ({ manufacturer, model }) => `${manufacturer} ${model}` },
  { head: 'Revision', cell: ({ hardwareRevision }) => hardwareRevision },
  { head: 'Firmware', cell: ({ firmware, billAssurance }) => `${firmware} (${billAssurance})` },
  { head: 'Site', cell: ({ site }) => site ?? '' },
  { head: 'Last seen', cell: ({ lastSeen }) => lastSeen?.toISOString() ?? 'never' },
  { head: 'Id', cell: ({ id }) => id },
]

const factColumns: readonly Column<Known['facts'][number]>[] = [
  { head: 'Fact', cell: ({ name }) => name },
  { head: 'Value', cell: ({ value }) => value },
  { head: 'Source', cell: ({ source }) => source },
  { head: 'Assurance', cell: ({ assurance }) => assurance },
  { head: 'At', cell: ({ at }) => at.toISOString() },
  { head: 'Believed', cell: ({ effective }) => (effective ? 'yes' : 'no') },
]

const billColumns: readonly Column<Known['bills'][number]>[] = [
  { head: 'From', cell: ({ from }) => from.toISOString() },
  { head: 'To', cell: ({ to }) => to?.toISOString() ?? 'now' },
  { head: 'Assurance', cell: ({ assurance }) => assurance },
  { head: 'Because', cell: ({ evidence }) => `${evidence.source} ${evidence.ref}` },
  { head: 'Bill', cell: ({ bill }) => bill },
]

const identityOf = ({ identity }: Known): string => {
  if (!identity) return 'nowhere: no operator named an address'
  const { protocol, host, port, path, allowed } = identity
  const at = `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
  return allowed ? at : `${at}, but its site does not let Suture send a request there`
}

const shown = (device: Known): string =>
  [
    list([device], columns, 'table'),
    `Its secret: ${device.hasToken ? 'its own' : 'none of its own, a gateway’s speaks for it'}`,
    `Its identity is read at: ${identityOf(device)}`,
    '',
    list(device.facts, factColumns, 'table'),
    '',
    list(device.bills, billColumns, 'table'),
  ].join('\n')

/** What can be asked for, in columns. */
const fieldsHelp = () => {
  const rows = Object.entries(deviceFields)
  const wide = Math.max(...rows.map(([name]) => name.length))
  return ['', 'Fields:', ...rows.map(([name, { means }]) => `  ${name.padEnd(wide)}  ${means}`)].join('\n')
}

function looking(command: Command): void {
  command
    .command('list')
    .description('list the devices')
    .option('-q, --query <query>', 'only those that fit, as in: vendor:axis fw<11.2 due<7d')
    .option('--count', 'only say how many there are')
    .addHelpText('after', fieldsHelp)
    .action(async (_options: object, self: Command) => {
      const given = self.optsWithGlobals<Options & { query?: string; count?: boolean }>()
      const wanted = given.query === undefined ? {} : { q: readableQuery(given.query, deviceFields) }
      const to = await connect(given.server)
      if (given.count) {
        const { counts } = await ask(to, contract.listDevices, { query: { limit: 1, ...wanted } })
        return say(given.output === 'json' ? JSON.stringify(counts) : String(counts?.devices ?? 0))
      }
      const found = await everyItem((query) => ask(to, contract.listDevices, { query: { ...query, ...wanted } }))
      say(list(found, columns, given.output))
    })
  command
    .command('show')
    .description('show one device: what is known of it, from whom and since when')
    .argument('<device>', 'its id, serial or name')
    .action(async (named: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      const device = await ask(to, contract.getDevice, { params: { id: await idOf(to, named) } })
      say(output === 'json' ? JSON.stringify(device, undefined, 2) : shown(device))
    })
}

/** `suture device …`: the devices of this tenant. */
export function device(program: Command): Command {
  const command = program.command('device').description('the devices of this tenant')
  looking(command)
  deviceViews(command)
  importDevices(command)
  whyNot(command)
  deviceActions(command)
  admitting(command)
  retiring(command)
  return command
}

/** One device that is named, or all that fit a query; never both. */
function oneOrMany(
  named: string | undefined,
  { query, dryRun, expect }: ManyOptions,
): { one: string } | { query: string } {
  if (query === undefined && (dryRun === true || expect !== undefined))
    throw new Failure('--dry-run and --expect go with -q, and nothing was done.')
  if ((named === undefined) === (query === undefined)) throw new Failure('Name one device, or give a query with -q.')
  return query === undefined ? { one: named as string } : { query }
}

function admitting(program: Command): void {
  const command = program
    .command('admit')
    .description('let a device that registered itself out of quarantine, or all that fit a query')
    .argument('[device]', 'its id or controller id')
    .requiredOption('--site <name>', 'where it stands')
    .option('--name <name>', 'how it is called')
    .option('--serial <serial>', 'its serial, where it does not say its own')
  meaningMany(command).action(async (named: string | undefined, _options: object, self: Command) => {
    const given = self.optsWithGlobals<Options & ManyOptions & { site: string; name?: string; serial?: string }>()
    const { server, site, name, serial } = given
    const meant = oneOrMany(named, given)
    const to = await connect(server)
    if ('query' in meant) return actOnMany(to, { kind: 'admit', site }, { ...given, ...meant })
    const body = { site, ...(name === undefined ? {} : { name }), ...(serial === undefined ? {} : { serial }) }
    const admitted = await ask(to, contract.admitDevice, { params: { id: await idOf(to, meant.one) }, body })
    say(`${admitted.name} (${admitted.manufacturer} ${admitted.model}) is let in to ${admitted.site}.`)
  })
}

function retiring(program: Command): void {
  const command = program
    .command('retire')
    .description('retire a device, or all that fit a query; their secrets stop working at once')
    .argument('[device]', 'its id, serial or name')
  meaningMany(command).action(async (named: string | undefined, _options: object, self: Command) => {
    const given = self.optsWithGlobals<Options & ManyOptions>()
    const meant = oneOrMany(named, given)
    const to = await connect(given.server)
    if ('query' in meant) return actOnMany(to, { kind: 'retire' }, { ...given, ...meant })
    const retired = await ask(to, contract.retireDevice, { params: { id: await idOf(to, meant.one) } })
    say(`${retired.name} is retired.`)
  })
}
