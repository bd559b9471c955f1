import * as contract from '@suture/contract/auth.ts'
import type { Command } from 'commander'
import { ask, serverOf } from '../connection.ts'
import { say, self } from '../output.ts'
import { wanted, wantedPassword } from '../prompt.ts'

interface Options {
  readonly server?: string
  readonly code?: string
  readonly login?: string
  readonly name?: string
  readonly passwordStdin?: boolean
}

/** `suture init`: the first admin of a tenant. */
export const init = (program: Command): Command =>
  program
    .command('init')
    .description('make the first admin, with the one-time code that the server printed')
    .option('--code <code>', 'the one-time setup code')
    .option('--login <login>', 'the login name, for instance an e-mail address')
    .option('--name <name>', 'how the person is called')
    .option('--password-stdin', 'read the password from standard input')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const code = await wanted(options.code, 'code', 'One-time setup code')
      const login = await wanted(options.login, 'login', 'Login name')
      const name = await wanted(options.name, 'name', 'Your name')
      const password = await wantedPassword(options.passwordStdin, 'Password, at least 12 characters')
      const to = { base: await serverOf(options.server), headers: {} }
      const user = await ask(to, contract.completeSetup, { body: { code, login, name, password } })
      say(`${user.name} is the admin. \`${self} login --login ${user.login}\` signs in.`)
    })

/** `suture join`: an invited person sets their password. */
export const join = (program: Command): Command =>
  program
    .command('join')
    .description('accept an invitation: set your password, with the one-time code you were given')
    .option('--code <code>', 'the one-time code of the invitation')
    .option('--password-stdin', 'read the password from standard input')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const code = await wanted(options.code, 'code', 'One-time code')
      const password = await wantedPassword(options.passwordStdin, 'Password, at least 12 characters')
      const to = { base: await serverOf(options.server), headers: {} }
      const user = await ask(to, contract.acceptInvitation, { body: { code, password } })
      say(`Welcome, ${user.name}. \`${self} login --login ${user.login}\` signs in.`)
    })
