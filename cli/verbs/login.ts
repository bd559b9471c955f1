import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as contract from '@suture/contract/auth.ts'
import { replyOf, urlOf } from '@suture/contract/client.ts'
import { newSigningKey, publicHalf, publicPem, signingPem } from '@suture/trust/keys.ts'
import type { Command } from 'commander'
import { asFailure, ask, connect, forgetSession, keepSession, meetServer, ownFolder } from '../connection.ts'
import { type Format, programName, say } from '../output.ts'
import { wanted, wantedSecrets } from '../prompt.ts'

interface Options {
  readonly server?: string
  readonly login?: string
  readonly stdin?: boolean
  readonly output?: Format
  readonly fingerprint?: string
}

/** `suture login`: a session for this CLI, and the key that this person approves plans with. */
export const login = (program: Command): Command =>
  program
    .command('login')
    .description('sign in; the first time on this machine it also makes your approval key')
    .option('--login <login>', 'the login name')
    .option('--stdin', 'read the password from standard input')
    .option('--fingerprint <sha256>', 'the SHA-256 of the server’s self-signed certificate, as it printed it')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const base = await meetServer(options)
      const name = await wanted(options.login, 'login', 'Login name')
      const [password = ''] = await wantedSecrets(options.stdin, [{ question: 'Password' }])
      const { cookie, who } = await openSession(base, { login: name, password })
      await keepSession({ base, cookie })
      say(`${who.name} is signed in to ${base}, tenant ${who.tenant.name}: ${who.roles.join(', ') || 'no role'}.`)
      const key = await approvalKey()
      if (key.isNew)
        say(
          `Your approval key is ${key.file}. You need it once you are to approve rollout plans; then enrol it on the signer’s machine:\n  ${programName} signer enrol --tenant ${who.tenant.id} --person ${who.id} --name ${quoted(who.name)} --key ${quoted(`${key.file}.pub`)}`,
        )
    })

/** A word for a POSIX shell, whatever is in it. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

async function openSession(base: string, body: { login: string; password: string }) {
  try {
    const response = await fetch(urlOf(contract.signIn, base, {}), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'suture-client': '1' },
      body: JSON.stringify(body),
    })
    const who = await replyOf(contract.signIn, response)
    return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '', who }
  } catch (error) {
    throw asFailure(error, base)
  }
}

/** The Ed25519 key that stands for this person; the private half never leaves this file, mode 0600. */
async function approvalKey(): Promise<{ file: string; isNew: boolean }> {
  const file = join(ownFolder(), 'approval-key')
  if (existsSync(file)) return { file, isNew: false }
  const key = newSigningKey()
  await mkdir(ownFolder(), { recursive: true, mode: 0o700 })
  await writeFile(file, signingPem(key), { mode: 0o600, flag: 'wx' })
  await writeFile(`${file}.pub`, publicPem(publicHalf(key)), { mode: 0o644 })
  return { file, isNew: true }
}

/** `suture logout`: ends the session here and on the server. */
export const logout = (program: Command): Command =>
  program
    .command('logout')
    .description('end the session')
    .action(async (_options: object, command: Command) => {
      await ask(await connect(command.optsWithGlobals<Options>().server), contract.signOut, {})
      await forgetSession()
      say('Signed out.')
    })

/** `suture whoami`: who this CLI speaks for. */
export const whoami = (program: Command): Command =>
  program
    .command('whoami')
    .description('say who is signed in, and what they may do')
    .action(async (_options: object, command: Command) => {
      const who = await ask(await connect(command.optsWithGlobals<Options>().server), contract.whoAmI, {})
      if (command.optsWithGlobals<Options>().output === 'json') return say(JSON.stringify(who, undefined, 2))
      say(`${who.name} (${who.kind} ${who.id}), tenant ${who.tenant.name} (${who.tenant.id})`)
      say(`Roles: ${who.roles.join(', ') || 'none'}`)
      say(`May: ${who.permissions.join(', ') || 'look, and nothing else'}`)
    })

/** `suture password`: a new password of one's own. */
export const password = (program: Command): Command =>
  program
    .command('password')
    .description('change your password; your other sessions end')
    .option('--stdin', 'read the old and the new password from standard input, a line each')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const [current = '', next = ''] = await wantedSecrets(options.stdin, [
        { question: 'Your password now' },
        { question: 'The new one, at least 12 characters' },
      ])
      await ask(await connect(options.server), contract.changePassword, { body: { current, next } })
      say('Changed. Your other sessions have ended.')
    })
