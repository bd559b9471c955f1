import type { Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { type Command, Option } from 'commander'
import { ask, connect, tagOf } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'

type Site = Reply<typeof contract.changeSite>
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Site>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
  { head: 'Probe networks', cell: ({ probeNetworks }) => probeNetworks.join(' ') },
  { head: 'Id', cell: ({ id }) => String(id) },
]

const told = ({ name, probeNetworks }: Site): string =>
  probeNetworks.length === 0
    ? `Suture sends nothing to ${name} by itself.`
    : `Suture may send requests to ${name} at ${probeNetworks.join(', ')}.`

const networks = () => new Option('--probe-network <cidr...>', 'where Suture may send requests, such as 10.20.0.0/16')

/** `suture site …`: the places of devices. */
export function site(program: Command): Command {
  const command = program.command('site').description('sites, and where Suture may send requests there')
  command
    .command('create')
    .description('make a site; unless it names networks, Suture sends nothing there')
    .argument('<name>', 'how it is called')
    .addOption(networks())
    .action(async (name: string, _options: object, self: Command) => {
      const { server, probeNetwork = [] } = self.optsWithGlobals<Options & { probeNetwork?: string[] }>()
      const body = { name, probeNetworks: probeNetwork }
      say(told(await ask(await connect(server), contract.createSite, { body })))
    })
  command
    .command('list')
    .description('list the sites')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, contract.listSites, { query })), columns, output))
    })
  command
    .command('change')
    .description('rename a site, or change where Suture may send requests there')
    .argument('<name>', 'the site')
    .option('--name <name>', 'its new name')
    .addOption(networks())
    .addOption(new Option('--no-probe', 'send nothing there any more').conflicts('probeNetwork'))
    .action(async (name: string, _options: object, self: Command) => {
      const given = self.optsWithGlobals<Options & { name?: string; probeNetwork?: string[]; probe: boolean }>()
      const to = await connect(given.server)
      const found = (await everyItem((query) => ask(to, contract.listSites, { query }))).find(
        (each) => each.name === name,
      )
      if (!found) throw new Failure(`There is no site ${name}. \`suture site list\` shows them.`)
      const probeNetworks = given.probe ? given.probeNetwork : []
      const body = {
        ...(given.name === undefined ? {} : { name: given.name }),
        ...(probeNetworks ? { probeNetworks } : {}),
      }
      const params = { id: found.id }
      const ifMatch = await tagOf(to, contract.getSite, { params })
      say(told(await ask(to, contract.changeSite, { params, body, ifMatch })))
    })
  return command
}
