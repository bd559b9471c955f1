import type { Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'

type Gateway = Reply<typeof contract.revokeGateway>
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Gateway>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Created', cell: ({ createdAt }) => createdAt.toISOString() },
  { head: 'Revoked', cell: ({ revokedAt }) => revokedAt?.toISOString() ?? '' },
  { head: 'Id', cell: ({ id }) => id },
]

/** `suture gateway …`: the secrets with which unknown devices register themselves. */
export function gateway(program: Command): Command {
  const command = program.command('gateway').description('secrets with which unknown devices register into quarantine')
  command
    .command('create')
    .description('make a gateway; its secret is printed once')
    .argument('<name>', 'where it stands, or what it is for')
    .action(async (name: string, _options: object, self: Command) => {
      const to = await connect(self.optsWithGlobals<Options>().server)
      const { secret } = await ask(to, contract.createGateway, { body: { name } })
      say(`Devices register with \`Authorization: GatewayToken\` and this secret, shown only now:\n  ${secret}`)
    })
  command
    .command('list')
    .description('list the gateways; never their secrets')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, contract.listGateways, { query })), columns, output))
    })
  command
    .command('revoke')
    .description('make a gateway’s secret stop working at once')
    .argument('<id>', 'the id that `suture gateway list` shows')
    .action(async (id: string, _options: object, self: Command) => {
      const to = await connect(self.optsWithGlobals<Options>().server)
      say(`${(await ask(to, contract.revokeGateway, { params: { id } })).name} no longer works.`)
    })
  return command
}
