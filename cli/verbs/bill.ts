import type { Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'
import { billImports } from './bill-import.ts'

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
  billImports(command)
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
