import { confirm, isCancel } from '@clack/prompts'
import type { Connection, Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/profiles.ts'
import { presets } from '@suture/contract/rollout-presets.ts'
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { ask, connect, tagOf } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Profile = Reply<typeof contract.listProfiles>['items'][number]
type Defaults = Reply<typeof contract.getPlanDefaults>

interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Profile>[] = [
  { head: 'Profile', cell: ({ profile }) => profile },
  ...contract.partsOf(contract.firstDefaults).map(([head], at) => ({
    head,
    cell: ({ sets }: Profile) => contract.partsOf(sets)[at]?.[1] ?? '',
  })),
  { head: 'For', cell: ({ name, says }) => `${name}. ${says}` },
]

const linesOf = (defaults: contract.PlanDefaults): string =>
  contract
    .partsOf(defaults)
    .map(([name, value]) => `  ${name}: ${value}`)
    .join('\n')

function told({ profile, setBy, setAt, ...defaults }: Defaults): string {
  const who = setBy === null ? 'Nobody has chosen a profile' : `Chosen by ${setBy}, ${setAt?.toISOString()}`
  const whose = profile === null ? 'no profile’s' : `those of ${contract.profiles[profile].name}`
  return `New plans begin from these values, ${whose}. ${who}.\n${linesOf(defaults)}`
}

const show = (defaults: Defaults, output: Format): void =>
  say(output === 'json' ? JSON.stringify(defaults, undefined, 2) : told(defaults))

/** Shows what a profile sets, and asks whether it is to. */
async function mustAgree(name: contract.ProfileName): Promise<void> {
  process.stderr.write(
    `${contract.profiles[name].name} has new plans begin from:\n${linesOf(contract.profiles[name].sets)}\n`,
  )
  if (!process.stdin.isTTY) throw new Failure('There is no terminal to ask on: read what it sets, and give --yes.')
  const answer = await confirm({ message: 'Set this? Plans that are there, and devices, stay as they are.' })
  if (isCancel(answer) || !answer) throw new Failure('Nothing was changed.')
}

const whole = (most: number) => (text: string) => {
  const number = Number(text)
  if (!/^\d{1,9}$/.test(text) || number < 1 || number > most) throw new InvalidArgumentError(`1 to ${most}.`)
  return number
}

const tag = (to: Connection) => tagOf(to, contract.getPlanDefaults, {})

function addChanges(command: Command): void {
  command
    .command('choose')
    .description('have new plans begin from what a profile sets, once it was shown')
    .addArgument(new Argument('<profile>', 'the profile').choices([...contract.profileNames]))
    .option('--yes', 'do not ask; you have read what it sets')
    .action(async (profile: contract.ProfileName, _options: object, self: Command) => {
      const { server, output, yes } = self.optsWithGlobals<Options & { yes?: boolean }>()
      const to = await connect(server)
      const ifMatch = await tag(to)
      if (!yes) await mustAgree(profile)
      show(await ask(to, contract.chooseProfile, { body: { profile }, ifMatch }), output)
    })
  command
    .command('change')
    .description('change a part of what new plans begin from')
    .addOption(new Option('--preset <preset>', 'which waves and limits').choices([...presets]))
    .option('--silence <seconds>', 'how long a device may say nothing', whole(366 * 24 * 3600))
    .option('--hours <hours>', 'how long a rollout may run', whole(366 * 24))
    .action(async (_options: object, self: Command) => {
      const { server, output, preset, silence, hours } = self.optsWithGlobals<
        Options & { preset?: contract.PlanDefaults['preset']; silence?: number; hours?: number }
      >()
      const to = await connect(server)
      const body = { preset, silenceSeconds: silence, hours }
      show(await ask(to, contract.changePlanDefaults, { body, ifMatch: await tag(to) }), output)
    })
}

/** `suture profile …`: what new plans begin from. */
export function profile(program: Command): Command {
  const command = program.command('profile').description('what new plans begin from, under one name')
  command
    .command('list')
    .description('list the profiles and what each sets')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items, inEvery } = await ask(await connect(server), contract.listProfiles, {})
      say(list(items, columns, output))
      if (output === 'table') say(`\nIn every profile:\n${inEvery.map((line) => `  ${line}.`).join('\n')}`)
    })
  command
    .command('show')
    .description('show what new plans begin from, and who chose it')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      show(await ask(await connect(server), contract.getPlanDefaults, {}), output)
    })
  addChanges(command)
  return command
}
