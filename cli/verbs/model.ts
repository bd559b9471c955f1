import type { Reply } from '@suture/contract/client.ts'
import { listModels } from '@suture/contract/inventory.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'

type Model = Reply<typeof listModels>['items'][number]

const columns: readonly Column<Model>[] = [
  { head: 'Manufacturer', cell: ({ manufacturer }) => manufacturer },
  { head: 'Model', cell: ({ name }) => name },
  { head: 'Type', cell: ({ type }) => type },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
]

/** `suture model list`: what devices were told to be. */
export function model(program: Command): Command {
  const command = program.command('model').description('the models that devices were told to be')
  command
    .command('list')
    .description('list the models')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<{ server?: string; output: Format }>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, listModels, { query })), columns, output))
    })
  return command
}
