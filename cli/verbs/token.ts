import * as contract from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import { type Permission, permissionNames } from '@suture/contract/permissions.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Token = Reply<typeof contract.revokeToken>
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Token>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Permissions', cell: ({ permissions }) => permissions.join(' ') },
  { head: 'Expires', cell: ({ expiresAt }) => expiresAt.toISOString() },
  { head: 'Revoked', cell: ({ revokedAt }) => revokedAt?.toISOString() ?? '' },
  { head: 'Id', cell: ({ id }) => id },
]

const wholeDays = (text: string): number => {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 366)
    throw new InvalidArgumentError('A whole number of days, 1 to 366.')
  return days
}

/** `suture token …`: machine tokens. */
export function token(program: Command): Command {
  const command = program.command('token').description('machine tokens')
  command
    .command('list')
    .description('list the tokens; never their secrets')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), contract.listTokens, { query: { limit: 500 } })
      say(list(items, columns, output))
    })
  command
    .command('create')
    .description('create a token; its secret is printed once')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--may <permission...>', 'what it may do').choices(permissionNames).makeOptionMandatory())
    .option('--days <days>', 'how long it works', wholeDays, 90)
    .action(async (name: string, _options: object, self: Command) => {
      const { server, output, may, days } = self.optsWithGlobals<Options & { may: Permission[]; days: number }>()
      const { token: made, secret } = await ask(await connect(server), contract.createToken, {
        body: { name, permissions: may, expiresInDays: days },
      })
      say(
        output === 'json'
          ? JSON.stringify({ ...made, secret }, undefined, 2)
          : `${made.name} works until ${made.expiresAt.toISOString()}. Its secret, shown only now:\n  ${secret}`,
      )
    })
  command
    .command('revoke')
    .description('make a token stop working at once')
    .argument('<id>', 'the id that `suture token list` shows')
    .action(async (id: string, _options: object, self: Command) => {
      const revoked = await ask(await connect(self.optsWithGlobals<Options>().server), contract.revokeToken, {
        params: { id },
      })
      say(`${revoked.name} no longer works.`)
    })
  return command
}
