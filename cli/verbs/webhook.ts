import type { Connection, Reply } from '@suture/contract/client.ts'
import { type DeliveryState, deliveryStates } from '@suture/contract/states.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { type Command, Option } from 'commander'
import { ask, connect, tagOf } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Listed = Reply<typeof contract.listWebhooks>['items'][number]
type Webhook = Reply<typeof contract.getWebhook>
type Delivery = Reply<typeof contract.listDeliveries>['items'][number]
interface Options {
  readonly server?: string
  readonly output: Format
}

/** The state, and who or what paused it. */
const standing = ({ state, pausedBy }: Webhook): string => (pausedBy === null ? state : `${state} by ${pausedBy}`)

const columns: readonly Column<Listed>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'State', cell: standing },
  { head: 'Waiting', cell: ({ waiting }) => String(waiting) },
  { head: 'Dead', cell: ({ dead }) => String(dead) },
  { head: 'Last delivered', cell: ({ deliveredAt }) => deliveredAt?.toISOString() ?? 'never' },
  { head: 'Kinds', cell: ({ kinds }) => kinds.join(' ') || '(none: nothing is sent)' },
  { head: 'Address', cell: ({ url }) => url },
  { head: 'Id', cell: ({ id }) => id },
]

const deliveryColumns: readonly Column<Delivery>[] = [
  { head: 'Happened', cell: ({ at }) => at.toISOString() },
  { head: 'Kind', cell: ({ kind }) => kind },
  { head: 'Of', cell: ({ subject }) => subject },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Tries', cell: ({ tries }) => String(tries) },
  {
    head: 'Last answer',
    cell: ({ answer }) => (answer === null ? '' : [answer.status, answer.says].filter(Boolean).join(' ')),
  },
  { head: 'Next try', cell: ({ dueAt }) => dueAt?.toISOString() ?? '' },
  { head: 'Id', cell: ({ id }) => id },
]

/** The webhook of a name, as people call it. */
async function named(to: Connection, name: string): Promise<Listed> {
  const { items } = await ask(to, contract.listWebhooks, {})
  const found = items.find((each) => each.name === name)
  if (!found) throw new Failure(`There is no webhook ${name}. \`suture webhook list\` shows them.`)
  return found
}

const saySecret = (output: Format, { webhook, secret }: Reply<typeof contract.createWebhook>, told: string): void =>
  say(
    output === 'json'
      ? JSON.stringify({ ...webhook, secret }, undefined, 2)
      : `${told} Its secret, shown only now:\n  ${secret}`,
  )

const told = ({ name, url, kinds, ...webhook }: Webhook): string => {
  if (webhook.state === 'paused') return `${name} is paused; it will go on from where it stopped.`
  return kinds.length === 0
    ? `${name} sends nothing: it names no kind of event.`
    : `${name} sends ${kinds.join(', ')} to ${url}.`
}

const kinds = () => new Option('--kind <kind...>', 'what is sent: rollout.stopped, or rollout for all of its kinds')

function reading(command: Command): void {
  command
    .command('list')
    .description('list the webhooks; never their secrets')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items, mayGoTo } = await ask(await connect(server), contract.listWebhooks, {})
      say(list(items, columns, output))
      if (output === 'table' && mayGoTo.length === 0)
        say('This server sends nothing anywhere: SUTURE_WEBHOOKS_TO names no place.')
    })
  command
    .command('show')
    .description('show one webhook')
    .argument('<name>', 'the webhook')
    .action(async (name: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      say(list([await named(await connect(server), name)], columns, output))
    })
  command
    .command('deliveries')
    .description('list the newest 500 deliveries, with what the receiver answered')
    .argument('[name]', 'only those of this webhook')
    .addOption(new Option('--state <state>', 'only those in this state').choices([...deliveryStates]))
    .action(async (name: string | undefined, _options: object, self: Command) => {
      const { server, output, state } = self.optsWithGlobals<Options & { state?: DeliveryState }>()
      const to = await connect(server)
      const webhook = name === undefined ? {} : { webhook: (await named(to, name)).id }
      const query = { limit: 500, ...webhook, ...(state === undefined ? {} : { state }) }
      say(list((await ask(to, contract.listDeliveries, { query })).items, deliveryColumns, output))
    })
}

interface Changes {
  readonly name?: string
  readonly url?: string
  readonly kind?: string[]
  readonly pause?: boolean
  readonly resume?: boolean
}

const changeOf = ({ name, url, kind, pause, resume }: Changes) => ({
  ...(name === undefined ? {} : { name }),
  ...(url === undefined ? {} : { url }),
  ...(kind === undefined ? {} : { kinds: kind }),
  ...(pause ? { state: 'paused' as const } : resume ? { state: 'active' as const } : {}),
})

function keeping(command: Command): void {
  command
    .command('create')
    .description('have events sent to an address; the secret that signs them is printed once')
    .argument('<name>', 'how it is called')
    .argument('<url>', 'where the receiver listens')
    .addOption(kinds())
    .action(async (name: string, url: string, _options: object, self: Command) => {
      const { server, output, kind = [] } = self.optsWithGlobals<Options & { kind?: string[] }>()
      const made = await ask(await connect(server), contract.createWebhook, { body: { name, url, kinds: kind } })
      saySecret(output, made, told(made.webhook))
    })
  command
    .command('change')
    .description('change where a webhook sends and what, pause it, or let it go on')
    .argument('<name>', 'the webhook')
    .option('--name <name>', 'its new name')
    .option('--url <url>', 'its new address')
    .addOption(kinds())
    .option('--pause', 'send nothing for now; what happens meanwhile is sent later')
    .addOption(new Option('--resume', 'go on from where it stopped').conflicts('pause'))
    .action(async (name: string, _options: object, self: Command) => {
      const given = self.optsWithGlobals<Options & Changes>()
      const to = await connect(given.server)
      const params = { id: (await named(to, name)).id }
      const ifMatch = await tagOf(to, contract.getWebhook, { params })
      say(told(await ask(to, contract.changeWebhook, { params, body: changeOf(given), ifMatch })))
    })
  command
    .command('rotate')
    .description('make a new secret; the one before signs as well for a day')
    .argument('<name>', 'the webhook')
    .action(async (name: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      const made = await ask(to, contract.rotateWebhookSecret, { params: { id: (await named(to, name)).id } })
      saySecret(output, made, `Until ${made.webhook.overlapUntil?.toISOString()} the secret before this signs as well.`)
    })
  command
    .command('remove')
    .description('remove a webhook with everything that it had not sent')
    .argument('<name>', 'the webhook')
    .action(async (name: string, _options: object, self: Command) => {
      const to = await connect(self.optsWithGlobals<Options>().server)
      const { id, waiting } = await named(to, name)
      await ask(to, contract.removeWebhook, { params: { id } })
      say(`${name} is gone, and with it ${waiting} deliveries that were not sent.`)
    })
}

function sending(command: Command): void {
  command
    .command('test')
    .description('send a test before everything that waits')
    .argument('<name>', 'the webhook')
    .action(async (name: string, _options: object, self: Command) => {
      const to = await connect(self.optsWithGlobals<Options>().server)
      const { id } = await ask(to, contract.testWebhook, { params: { id: (await named(to, name)).id } })
      say(`The test ${id} is on its way. \`suture webhook deliveries ${name}\` shows what becomes of it.`)
    })
  command
    .command('replay')
    .description('send all dead deliveries of a webhook again, or one delivery')
    .argument('<name>', 'the webhook')
    .option('--delivery <id>', 'this one, dead or delivered')
    .action(async (name: string, _options: object, self: Command) => {
      const { server, delivery } = self.optsWithGlobals<Options & { delivery?: string }>()
      const to = await connect(server)
      const params = { id: (await named(to, name)).id }
      const body = delivery === undefined ? {} : { delivery }
      const { replayed } = await ask(to, contract.replayDeliveries, { params, body })
      say(replayed === 0 ? `${name} has no dead delivery.` : `${replayed} go out again, each with the id that it had.`)
    })
}

/** `suture webhook …`: having events sent elsewhere. */
export function webhook(program: Command): Command {
  const command = program.command('webhook').description('having events sent elsewhere, each signed')
  reading(command)
  keeping(command)
  sending(command)
  return command
}
