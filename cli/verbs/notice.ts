import type { Connection, Reply } from '@suture/contract/client.ts'
import { getDigest, setDigest } from '@suture/contract/notices.ts'
import { type Command, InvalidArgumentError } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Format, say } from '../output.ts'

interface Options {
  readonly server?: string
  readonly output: Format
}

const hourOf = (text: string): number => {
  const hour = Number(text)
  if (!/^\d{1,2}$/.test(text) || hour > 23) throw new InvalidArgumentError('An hour of the day in UTC, 0 to 23.')
  return hour
}

function told({ mail, canSend, digest }: Reply<typeof getDigest>): string {
  if (!canSend) return 'You get no mail: this server is set to send none.'
  if (digest === null) return 'You get no mail. `suture notice daily HOUR` begins a digest.'
  const urgent = digest.urgent ? ', and at once what cannot wait' : ''
  return `You get a digest at ${String(digest.hour).padStart(2, '0')}:00 UTC to ${mail}${urgent}. No mail comes when there is nothing to say.`
}

const show = (output: Format, reply: Reply<typeof getDigest>): void =>
  say(output === 'json' ? JSON.stringify(reply, undefined, 2) : told(reply))

const choose = (to: Connection, digest: { readonly hour: number; readonly urgent: boolean } | null) =>
  ask(to, setDigest, { body: { digest } })

/** `suture notice …`: which mails one gets. */
export function notice(program: Command): Command {
  const command = program.command('notice').description('which mails you get: none, unless you chose some')
  command
    .command('show')
    .description('show which mails you get')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      show(output, await ask(await connect(server), getDigest, {}))
    })
  command
    .command('daily')
    .description('get one mail a day about what needs a person')
    .argument('<hour>', 'the hour of the day, UTC', hourOf)
    .option('--urgent', 'get what cannot wait at once as well')
    .action(async (hour: number, _options: object, self: Command) => {
      const { server, output, urgent = false } = self.optsWithGlobals<Options & { urgent?: boolean }>()
      show(output, await choose(await connect(server), { hour, urgent }))
    })
  command
    .command('none')
    .description('get no mail any more')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      show(output, await choose(await connect(server), null))
    })
  return command
}
