import * as contract from '@suture/contract/auth.ts'
import type { Command } from 'commander'
import { ask, meetServer } from '../connection.ts'
import { programName, say } from '../output.ts'
import { wanted, wantedSecrets } from '../prompt.ts'

interface Options {
  readonly server?: string
  readonly login?: string
  readonly name?: string
  readonly stdin?: boolean
  readonly fingerprint?: string
}

const password = { question: 'Password, at least 12 characters' }

/** `suture init`: the first admin of a tenant. */
export const init = (program: Command): Command =>
  program
    .command('init')
    .description('make the first admin, with the one-time code that the server printed')
    .option('--login <login>', 'the login name, for instance an e-mail address')
    .option('--name <name>', 'how the person is called')
    .option('--stdin', 'read the code and the password from standard input, a line each')
    .option('--fingerprint <sha256>', 'the SHA-256 of the server’s self-signed certificate, as it printed it')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const to = { base: await meetServer(options), headers: {} }
      const login = await wanted(options.login, 'login', 'Login name')
      const name = await wanted(options.name, 'name', 'Your name')
      const [code = '', chosen = ''] = await wantedSecrets(options.stdin, [
        { question: 'One-time setup code' },
        password,
      ])
      const user = await ask(to, contract.completeSetup, { body: { code, login, name, password: chosen } })
      say(`${user.name} is the admin. \`${programName} login --login ${user.login}\` signs in.`)
    })

/** `suture join`: an invited person sets their password. */
export const join = (program: Command): Command =>
  program
    .command('join')
    .description('accept an invitation: set your password, with the one-time code you were given')
    .option('--stdin', 'read the code and the password from standard input, a line each')
    .option('--fingerprint <sha256>', 'the SHA-256 of the server’s self-signed certificate, as it printed it')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const to = { base: await meetServer(options), headers: {} }
      const [code = '', chosen = ''] = await wantedSecrets(options.stdin, [
        { question: 'One-time code of the invitation' },
        password,
      ])
      const user = await ask(to, contract.acceptInvitation, { body: { code, password: chosen } })
      say(`Welcome, ${user.name}. \`${programName} login --login ${user.login}\` signs in.`)
    })
