import { openAsBlob } from 'node:fs'
import type { Connection, Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'

interface Options {
  readonly server?: string
  readonly manufacturer?: string
  readonly model: string
  readonly firmware: string
}

/** The manufacturer of a model, where only one makes a model of this name. */
async function manufacturerOf(to: Connection, model: string): Promise<string> {
  const models = await everyItem((query) => ask(to, contract.listModels, { query }))
  const [found, ...others] = models.filter(({ name }) => name === model)
  if (!found) throw new Failure(`There is no model ${model}. Importing a device makes its model known.`)
  if (others.length > 0) throw new Failure(`Several manufacturers make a ${model}: give --manufacturer.`)
  return found.manufacturer
}

interface Listing {
  readonly server?: string
  readonly output: Format
}

const bills: readonly Column<Reply<typeof contract.listBills>['items'][number]>[] = [
  { head: 'Made', cell: ({ createdAt }) => createdAt.toISOString() },
  { head: 'Components', cell: (each) => String(each.components) },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
  { head: 'Id', cell: ({ id }) => id },
]

const components: readonly Column<Reply<typeof contract.getBill>['listed']['items'][number]>[] = [
  { head: 'Supplier', cell: ({ supplier }) => supplier },
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Version', cell: ({ version }) => version },
  { head: 'Package URL', cell: ({ purl }) => purl ?? '' },
  { head: 'CPE', cell: ({ cpe }) => cpe ?? '' },
]

/** `suture bill …`: what firmware versions are made of. */
export function bill(program: Command): Command {
  const command = program.command('bill').description('what firmware versions are made of')
  command
    .command('import')
    .description('take the SBOM of a firmware version: CycloneDX JSON 1.4 to 1.6')
    .argument('<file>', 'the SBOM')
    .requiredOption('--model <name>', 'the model')
    .requiredOption('--firmware <version>', 'the version of its firmware')
    .option('--manufacturer <name>', 'who makes the model, where several make one of this name')
    .action(async (file: string, _options: object, self: Command) => {
      const { server, manufacturer, model, firmware } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      const query = { manufacturer: manufacturer ?? (await manufacturerOf(to, model)), model, firmware }
      const taken = await ask(to, contract.importBill, { query, bytes: await openAsBlob(file) })
      say(
        `${model} ${firmware} has ${taken.components} components; ${taken.devices} devices got another bill.\n${taken.bill}`,
      )
    })
  command
    .command('list')
    .description('list the bills, newest first')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Listing>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, contract.listBills, { query })), bills, output))
    })
  command
    .command('show')
    .description('list the components of a bill')
    .argument('<id>', 'as `suture bill list` shows it')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Listing>()
      const to = await connect(server)
      const all = await everyItem(async (query) => (await ask(to, contract.getBill, { params: { id }, query })).listed)
      say(list(all, components, output))
    })
  return command
}
