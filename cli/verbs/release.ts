import { setTimeout as after } from 'node:timers/promises'
import type { Connection, Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/releases.ts'
import { type ReleaseState, releaseStates } from '@suture/contract/states.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { ask, connect } from '../connection.ts'
import { exitStatus, Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { signFile } from './release-sign.ts'

type Release = Reply<typeof contract.getRelease>
type Line = Reply<typeof contract.listReleases>['items'][number]
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Line>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Version', cell: ({ version }) => version },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Published', cell: ({ publishedAt }) => publishedAt?.toISOString() ?? '' },
  { head: 'Id', cell: ({ id }) => id },
]

interface Target {
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision?: string
  readonly artifact: string
}

/** `MANUFACTURER/MODEL[/REVISION]=SHA256`, gathered from each time the option is given. */
function readTarget(text: string, before: readonly Target[] = []): readonly Target[] {
  const [, place = '', artifact = ''] = /^(.*)=([0-9a-f]{64})$/.exec(text) ?? []
  const [manufacturer, model, hardwareRevision, ...more] = place.split('/')
  if (!manufacturer || !model || hardwareRevision === '' || more.length > 0)
    throw new InvalidArgumentError('A target is MANUFACTURER/MODEL=SHA256 or MANUFACTURER/MODEL/REVISION=SHA256.')
  return [...before, { manufacturer, model, ...(hardwareRevision ? { hardwareRevision } : {}), artifact }]
}

const targetText = ({ manufacturer, model, hardwareRevision, artifact }: Target): string =>
  `  ${manufacturer} ${model}${hardwareRevision === undefined ? '' : ` revision ${hardwareRevision}`}: ${artifact}`

function statementText({ statement }: Release): string {
  if (!statement) return 'Signer: not asked yet.'
  if (statement.verifies) return `Signer: signed, and the signature verifies now.\n  ${statement.digest}`
  if (statement.refusal) return `Signer: refused (${statement.refusal.code}). ${statement.refusal.detail}`
  return `Signer: ${statement.state}; nothing verifies yet.\n  ${statement.digest}`
}

/** A release in words. */
function describe(release: Release): string {
  const { verdict } = release
  return [
    `${release.name} ${release.version}: ${release.state} (${release.id})`,
    'Targets:',
    ...release.targets.map((each) => targetText({ ...each, hardwareRevision: each.hardwareRevision } as Target)),
    'Signed by:',
    ...release.artifacts.map(
      ({ sha256, signatures }) => `  ${sha256}: ${signatures.map((each) => each.manufacturer).join(', ')}`,
    ),
    verdict
      ? `Lab: ${verdict.verdict} at ${verdict.at.toISOString()} on ${verdict.rigs.length} rigs; ${verdict.uncovered.length} kinds of device that no rig stood for.\n  ${verdict.digest}`
      : 'Lab: not tested yet.',
    statementText(release),
  ].join('\n')
}

const show = (release: Release, output: Format): void =>
  say(output === 'json' ? JSON.stringify(release, undefined, 2) : describe(release))

/** Publishes and waits until the signer has decided. */
async function publish(to: Connection, id: string, seconds: number): Promise<Release> {
  const until = Date.now() + seconds * 1000
  let release = await ask(to, contract.publishRelease, { params: { id } })
  while (release.state !== 'published' && release.statement?.refusal == null) {
    if (Date.now() > until)
      throw new Failure(
        `The signer has not decided within ${seconds} seconds. The release is published by itself once it has; \`suture release show ${id}\` tells.`,
        exitStatus.refused,
      )
    await after(500)
    release = await ask(to, contract.getRelease, { params: { id } })
  }
  if (release.state !== 'published')
    throw new Failure(`${statementText(release)}\nAfter a mend, publish it again.`, exitStatus.refused)
  return release
}

const wholeSeconds = (text: string): number => {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('A whole number of seconds.')
  return Number(text)
}

/** `suture release …`: what would fix it, from the manufacturer’s signature to the published release. */
export function release(program: Command): Command {
  const command = program.command('release').description('versions of firmware: made, tested, signed, published')
  addReading(command)
  command
    .command('create')
    .description('make a draft; its artifacts must be uploaded')
    .requiredOption('--name <name>', 'how it is called')
    .requiredOption('--version <version>', 'what a device says it runs once it has the release')
    .requiredOption(
      '--target <target>',
      'MANUFACTURER/MODEL[/REVISION]=SHA256: which artifact goes where; may be given several times',
      readTarget,
    )
    .action(async (_options: object, self: Command) => {
      const given = self.optsWithGlobals<Options & { name: string; version: string; target: Target[] }>()
      const { server, output, name, version, target: targets } = given
      show(await ask(await connect(server), contract.createRelease, { body: { name, version, targets } }), output)
    })
  command
    .command('publish')
    .description('have the signer sign a release that the lab passed, and wait for it')
    .argument('<id>', 'the release')
    .option('--wait <seconds>', 'how long', wholeSeconds, 60)
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, wait } = self.optsWithGlobals<Options & { wait: number }>()
      show(await publish(await connect(server), id, wait), output)
    })
  addEnding(command)
  signFile(command)
  return command
}

function addReading(command: Command): void {
  command
    .command('list')
    .description('list the newest 500 releases')
    .addOption(new Option('--state <state>', 'only those in this state').choices(releaseStates))
    .action(async (_options: object, self: Command) => {
      const { server, output, state } = self.optsWithGlobals<Options & { state?: ReleaseState }>()
      const query = { limit: 500, ...(state === undefined ? {} : { state }) }
      const { items } = await ask(await connect(server), contract.listReleases, { query })
      say(list(items, columns, output))
    })
  command
    .command('show')
    .description('show targets, signatures, verdict, and whether the signer’s statement verifies now')
    .argument('<id>', 'the release')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      show(await ask(await connect(server), contract.getRelease, { params: { id } }), output)
    })
}

function addEnding(command: Command): void {
  command
    .command('deprecate')
    .description('keep a published release out of new rollouts; those whose plan is signed go on')
    .argument('<id>', 'the release')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      show(await ask(await connect(server), contract.deprecateRelease, { params: { id } }), output)
    })
  command
    .command('withdraw')
    .description(
      'take a published release back for good: its rollouts stop, and who has not begun to write is called back',
    )
    .argument('<id>', 'the release')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, reason } = self.optsWithGlobals<Options & { reason: string }>()
      show(await ask(await connect(server), contract.withdrawRelease, { params: { id }, body: { reason } }), output)
    })
}
