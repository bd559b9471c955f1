import type { Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/platform.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Event = Reply<typeof contract.followEvents>
interface Options {
  readonly server?: string
  readonly output: Format
  readonly kind?: string
  readonly actor?: string
  readonly subject?: string
}

const columns: readonly Column<Event>[] = [
  { head: 'At', cell: ({ at }) => at.toISOString() },
  { head: 'Who', cell: ({ actor }) => actor.name },
  { head: 'What', cell: ({ kind }) => kind },
  { head: 'Of', cell: ({ subject }) => subject },
  { head: 'Detail', cell: ({ detail }) => JSON.stringify(detail) },
]

/** `suture event list`: the record of who did what. */
export function event(program: Command): Command {
  const command = program.command('event').description('the record of who did what')
  command
    .command('list')
    .description('list the newest 500 events')
    .option('--kind <kind>', 'only this kind, for instance user.changed, or all of one thing, as in user')
    .option('--actor <id>', 'only what this person, token or part of the server did')
    .option('--subject <id>', 'only what happened to this')
    .action(async (_options: object, self: Command) => {
      const { server, output, kind, actor, subject } = self.optsWithGlobals<Options>()
      const query = {
        limit: 500,
        ...(kind === undefined ? {} : { kind }),
        ...(actor === undefined ? {} : { actor }),
        ...(subject === undefined ? {} : { subject }),
      }
      const { items } = await ask(await connect(server), contract.listEvents, { query })
      say(list(items, columns, output))
    })
  return command
}
