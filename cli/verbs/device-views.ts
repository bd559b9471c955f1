import type { Reply } from '@suture/contract/client.ts'
import { deviceFields } from '@suture/contract/device-fields.ts'
import * as contract from '@suture/contract/device-views.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { readableQuery } from '../query.ts'

interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Reply<typeof contract.listDeviceViews>['items'][number]>[] = [
  { head: 'Name', cell: ({ name }) => `@${name}` },
  { head: 'Query', cell: ({ q }) => q },
  { head: 'Kept by', cell: ({ createdBy }) => createdBy },
  { head: 'Since', cell: ({ createdAt }) => createdAt.toISOString() },
]

/** `suture device view …`: queries that are kept under a name. */
export function deviceViews(program: Command): void {
  const command = program.command('view').description('queries of devices that are kept under a name, for everybody')
  command
    .command('list')
    .description('list them')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), contract.listDeviceViews, {})
      say(list(items, columns, output))
    })
  command
    .command('keep')
    .description('keep a query; `@name` in another query stands for it')
    .argument('<name>', 'small letters, digits and -')
    .argument('<query>', 'as in: vendor:axis fw<11.2')
    .action(async (name: string, q: string, _options: object, self: Command) => {
      const body = { name: name.replace(/^@/, ''), q: readableQuery(q, deviceFields) }
      const to = await connect(self.optsWithGlobals<Options>().server)
      const view = await ask(to, contract.createDeviceView, { body })
      say(`@${view.name} stands for ${view.q}`)
    })
  command
    .command('remove')
    .description('remove one; queries that name it are refused from then on')
    .argument('<name>', 'how it is called')
    .action(async (name: string, _options: object, self: Command) => {
      const to = await connect(self.optsWithGlobals<Options>().server)
      const view = await ask(to, contract.removeDeviceView, { params: { name: name.replace(/^@/, '') } })
      say(`@${view.name} is removed; it stood for ${view.q}`)
    })
}
