import * as contract from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import { type Role, roleNames } from '@suture/contract/roles.ts'
import { Argument, type Command, Option } from 'commander'
import { ask, connect, tagOf } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'

type User = Reply<typeof contract.getUser>
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<User>[] = [
  { head: 'Login', cell: ({ login }) => login },
  { head: 'Name', cell: ({ name }) => name },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Roles', cell: ({ roles }) => roles.join(' ') },
  { head: 'Sites', cell: ({ sites }) => (sites === 'all' ? 'all' : sites.join(' ')) },
  { head: 'Id', cell: ({ id }) => id },
]

const roleOption = () => new Option('--role <role...>', 'what they may do').choices(roleNames)

/** `suture user …`: the people of the tenant. */
export function user(program: Command): Command {
  const command = program.command('user').description('the people of this tenant')
  command
    .command('list')
    .description('list the people')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, contract.listUsers, { query })), columns, output))
    })
  command
    .command('invite')
    .description('invite a person; prints the one-time code with which they set their password')
    .addArgument(new Argument('<login>', 'their login name'))
    .requiredOption('--name <name>', 'how they are called')
    .addOption(roleOption().makeOptionMandatory())
    .action(async (login: string, _options: object, self: Command) => {
      const { server, name, role } = self.optsWithGlobals<Options & { name: string; role: Role[] }>()
      const { user: invited, invitation } = await ask(await connect(server), contract.inviteUser, {
        body: { login, name, roles: role },
      })
      say(
        `${invited.name} is invited until ${invitation.expiresAt.toISOString()}. One-time code:\n  ${invitation.code}`,
      )
    })
  command
    .command('invite-again')
    .description('a new one-time code for a person who lost their password; the old one stops working')
    .argument('<id>', 'the id that `suture user list` shows')
    .action(async (id: string, _options: object, self: Command) => {
      const to = await connect(self.optsWithGlobals<Options>().server)
      const { user: invited, invitation } = await ask(to, contract.inviteAgain, { params: { id } })
      say(
        `${invited.name} is invited until ${invitation.expiresAt.toISOString()}. One-time code:\n  ${invitation.code}`,
      )
    })
  command
    .command('change')
    .description('change a person’s roles, or disable them; their sessions end')
    .argument('<id>', 'the id that `suture user list` shows')
    .addOption(roleOption())
    .addOption(new Option('--disable', 'they can no longer sign in').conflicts('enable'))
    .option('--enable', 'they can sign in again')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, role, disable, enable } = self.optsWithGlobals<
        Options & { role?: Role[]; disable?: true; enable?: true }
      >()
      const body = {
        ...(role ? { roles: role } : {}),
        ...(disable ? { disabled: true } : enable ? { disabled: false } : {}),
      }
      const to = await connect(server)
      const params = { id }
      const ifMatch = await tagOf(to, contract.getUser, { params })
      const changed = await ask(to, contract.changeUser, { params, body, ifMatch })
      say(`${changed.name} is ${changed.state}, with the roles ${changed.roles.join(', ')}.`)
    })
  return command
}
