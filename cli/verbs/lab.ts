import { setTimeout as after } from 'node:timers/promises'
import type { Connection, Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/lab.ts'
import { type Command, InvalidArgumentError } from 'commander'
import { ask, connect } from '../connection.ts'
import { exitStatus, Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Rig = Reply<typeof contract.addRig>
type Run = Reply<typeof contract.getLabRun>
type Trial = Run['trials'][number]
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Rig>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Model', cell: ({ manufacturer, model }) => `${manufacturer} ${model}` },
  { head: 'Revision', cell: ({ hardwareRevision }) => hardwareRevision },
  { head: 'Base', cell: ({ base }) => base.version },
  { head: 'Now', cell: ({ busyWith, lastFailure }) => (busyWith ? 'in a test' : (lastFailure ?? 'free')) },
  { head: 'Device', cell: ({ device }) => device },
]

const runColumns: readonly Column<Reply<typeof contract.listLabRuns>['items'][number]>[] = [
  { head: 'Started', cell: ({ startedAt }) => startedAt.toISOString() },
  { head: 'By', cell: ({ startedBy }) => startedBy },
  { head: 'Release', cell: ({ release }) => `${release.name} ${release.version}` },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Id', cell: ({ id }) => id },
]

const stepText = ({ rig, step, outcome, failure, detail }: Trial): string =>
  outcome === null
    ? `${rig}: ${step}`
    : `${rig}: ${outcome}${failure === null ? '' : ` (${failure}${detail === null ? '' : `; ${detail}`})`}`

/** A kind of device, as a rig stands for it. */
export const cellText = ({ model, hardwareRevision, bootloader = '?', currentVersion = '?' }: Trial['cell']): string =>
  `${model} revision ${hardwareRevision}, bootloader ${bootloader}, now on ${currentVersion}`

function endText({ state, verdictDigest, verdict, release }: Run): string {
  const uncovered = verdict?.uncovered ?? []
  return [
    `The lab’s verdict on ${release.name} ${release.version}: ${state}.\n  ${verdictDigest}`,
    ...(uncovered.length === 0 ? [] : ['No rig stood for these devices of yours:']),
    ...uncovered.map((cell) => `  ${cellText(cell)}`),
  ].join('\n')
}

/** Follows a test to its end, and tells each step of each rig once. */
async function follow(to: Connection, first: Run, tell: (text: string) => void): Promise<Run> {
  const told = new Map<string, string>()
  let run = first
  for (;;) {
    for (const trial of run.trials) {
      const text = stepText(trial)
      if (told.get(trial.id) !== text) tell(text)
      told.set(trial.id, text)
    }
    if (run.state !== 'running') return run
    await after(500)
    run = await ask(to, contract.getLabRun, { params: { id: run.id } })
  }
}

const wholeSeconds = (text: string): number => {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('A whole number of seconds, 1 to 86400.')
  return Number(text)
}

/** `suture lab …`: the rigs, and the tests on them. */
export function lab(program: Command): Command {
  const command = program.command('lab').description('rigs, and tests of releases on them')
  command
    .command('key')
    .description(
      'print the public key that the lab signs its verdicts with; `suture signer enrol --lab` on the signer’s machine makes them count',
    )
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const key = await ask(await connect(server), contract.getLabKey, {})
      say(output === 'json' ? JSON.stringify(key, undefined, 2) : key.publicKey.trimEnd())
    })
  command
    .command('runs')
    .description('list the newest 500 tests')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), contract.listLabRuns, { query: { limit: 500 } })
      say(list(items, runColumns, output))
    })
  command
    .command('test')
    .description('install a release on every rig that it targets, watch, roll back; exit status 1 if it fails')
    .argument('<release>', 'the release')
    .option('--step-seconds <seconds>', 'how long each step may take', wholeSeconds, 900)
    .action(async (release: string, _options: object, self: Command) => {
      const { server, output, stepSeconds } = self.optsWithGlobals<Options & { stepSeconds: number }>()
      const to = await connect(server)
      const started = await ask(to, contract.testRelease, { body: { release, stepSeconds } })
      const run = await follow(to, started, output === 'table' ? say : () => undefined)
      if (output !== 'table') say(JSON.stringify(run, undefined, 2))
      if (run.state === 'failed') throw new Failure(endText(run), exitStatus.fault)
      if (output === 'table') say(endText(run))
    })
  addRigs(command)
  return command
}

function addRigs(command: Command): void {
  const rig = command.command('rig').description('the devices of the lab')
  rig
    .command('list')
    .description('list the rigs, and what they are doing')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), contract.listRigs, { query: { limit: 500 } })
      say(list(items, columns, output))
    })
  rig
    .command('add')
    .description('make a device that was imported as a lab device a rig')
    .argument('<device>', 'the device’s id, as `suture device list` shows it')
    .requiredOption('--name <name>', 'how the rig is called')
    .requiredOption('--base <sha256>', 'the artifact that it goes back to after each test')
    .requiredOption('--base-version <version>', 'the version that it then says it runs')
    .action(async (device: string, _options: object, self: Command) => {
      const { server, name, base, baseVersion } = self.optsWithGlobals<
        Options & { name: string; base: string; baseVersion: string }
      >()
      const body = { device, name, base: { artifact: base, version: baseVersion } }
      const made = await ask(await connect(server), contract.addRig, { body })
      say(`${made.name} stands for ${made.manufacturer} ${made.model} revision ${made.hardwareRevision}.`)
    })
}
