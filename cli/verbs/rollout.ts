import { setTimeout as after } from 'node:timers/promises'
import type { Connection } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { getPlanDefaults } from '@suture/contract/profiles.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { jobStates, rolloutStates } from '@suture/contract/states.ts'
import { type Command, Option } from 'commander'
import { ask, connect } from '../connection.ts'
import { exitStatus, Failure } from '../failure.ts'
import { type Format, list, programName, say } from '../output.ts'
import { approveRollout, checkedPlan } from './rollout-approve.ts'
import { addClusters } from './rollout-clusters.ts'
import { type PlanOptions, planRequest, previewText, withPlanOptions } from './rollout-plan.ts'
import { jobColumns, planText, type Rollout, rolloutColumns, rolloutText, waveText } from './rollout-words.ts'

interface Options {
  readonly server?: string
  readonly output: Format
}

const show = (rollout: Rollout, output: Format): void =>
  say(output === 'table' ? rolloutText(rollout) : JSON.stringify(rollout, undefined, 2))

/** `suture rollout …`: from a plan to devices that were read. */
export function rollout(program: Command): Command {
  const command = program.command('rollout').description('bring a release to devices, wave by wave')
  addPlans(command)
  addLists(command)
  addApproval(command)
  addControl(command)
  addClusters(command)
  addWatch(command)
  return command
}

const planned = async (to: Connection, options: PlanOptions) => planRequest(options, await ask(to, getPlanDefaults, {}))

function addPlans(command: Command): void {
  withPlanOptions(command.command('plan').description('say what a plan would come to; stores nothing')).action(
    async (_options: object, self: Command) => {
      const options = self.optsWithGlobals<Options & PlanOptions>()
      const to = await connect(options.server)
      say(await previewText(to, await planned(to, options), options.output))
    },
  )
  withPlanOptions(
    command.command('create').description('freeze a plan and its audience, for two others to approve'),
  ).action(async (_options: object, self: Command) => {
    const options = self.optsWithGlobals<Options & PlanOptions>()
    const to = await connect(options.server)
    const made = await ask(to, contract.createRollout, { body: await planned(to, options) })
    show(made, options.output)
    if (options.output === 'table')
      say(`Two other people approve it with:\n  ${programName} rollout approve ${made.id}`)
  })
}

function addLists(command: Command): void {
  command
    .command('list')
    .description('list the newest 500 rollouts')
    .addOption(new Option('--state <state>', 'only in this state').choices(rolloutStates))
    .action(async (_options: object, self: Command) => {
      const { server, output, state } = self.optsWithGlobals<Options & { state?: (typeof rolloutStates)[number] }>()
      const query = { limit: 500, ...(state === undefined ? {} : { state }) }
      const { items } = await ask(await connect(server), contract.listRollouts, { query })
      say(list(items, rolloutColumns, output))
    })
  command
    .command('show')
    .description('show a rollout: its waves, its approvals, and why it is where it is')
    .argument('<rollout>', 'the id that `suture rollout list` shows')
    .option('--plan', 'show the plan that was frozen, read from its bytes')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, plan } = self.optsWithGlobals<Options & { plan?: boolean }>()
      const to = await connect(server)
      if (!plan) return show(await ask(to, contract.getRollout, { params: { id } }), output)
      const checked = await checkedPlan(to, id)
      say(
        output === 'table'
          ? `${planText(checked.plan)}\nDigest: ${checked.digest}`
          : JSON.stringify(checked, undefined, 2),
      )
    })
  command
    .command('jobs')
    .description('list the newest 500 jobs of a rollout')
    .argument('<rollout>', 'the rollout')
    .addOption(new Option('--state <state>', 'only in this state').choices(jobStates))
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, state } = self.optsWithGlobals<Options & { state?: (typeof jobStates)[number] }>()
      const query = { limit: 500, rollout: id, ...(state === undefined ? {} : { state }) }
      const { items } = await ask(await connect(server), contract.listJobs, { query })
      say(list(items, jobColumns, output))
    })
}

function addApproval(command: Command): void {
  command
    .command('approve')
    .description('show a plan in words, and sign its digest with your approval key')
    .argument('<rollout>', 'the rollout')
    .option('--yes', 'do not ask; you have read the plan')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, yes = false } = self.optsWithGlobals<Options & { yes?: boolean }>()
      const telling = output === 'table' ? say : (text: string) => void process.stderr.write(`${text}\n`)
      show(await approveRollout(await connect(server), id, { yes, show: telling }), output)
    })
}

const controls = {
  start: { endpoint: contract.startRollout, says: 'open the first wave of a signed plan' },
  pause: { endpoint: contract.pauseRollout, says: 'offer it to nobody new until somebody goes on' },
  resume: { endpoint: contract.resumeRollout, says: 'go on with a paused rollout' },
} as const

function addControl(command: Command): void {
  for (const [name, { endpoint, says }] of Object.entries(controls))
    command
      .command(name)
      .description(says)
      .argument('<rollout>', 'the rollout')
      .action(async (id: string, _options: object, self: Command) => {
        const { server, output } = self.optsWithGlobals<Options>()
        show(await ask(await connect(server), endpoint, { params: { id } }), output)
      })
  command
    .command('stop')
    .description('end a rollout for good; devices in mid-flash finish')
    .argument('<rollout>', 'the rollout')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const stopped = await ask(await connect(server), contract.stopRollout, { params: { id } })
      if (output !== 'table') return say(JSON.stringify(stopped, undefined, 2))
      show(stopped.rollout, output)
      say(`${stopped.cancelling} devices are called back and answer at their next poll.`)
      say(`${stopped.flashing} are in mid-flash: they are left alone, finish, and are then read.`)
      say(`${stopped.verifying} have reported and are being read.`)
    })
}

const over: readonly string[] = ['finished', 'stopped', 'expired'] satisfies (typeof rolloutStates)[number][]

const underWay = ({ waves }: Rollout): number =>
  waves.reduce(
    (sum, { offered, verified, failed, silent, other, retries }) =>
      sum + offered - verified - failed - silent - other + retries.offered - retries.ended,
    0,
  )

/** Follows a rollout until it is over and nobody is under way, and tells each wave's line when it changes. */
async function follow(to: Connection, id: string, tell: (text: string) => void): Promise<Rollout> {
  const told = new Map<number, string>()
  for (;;) {
    const seen = await ask(to, contract.getRollout, { params: { id } })
    for (const wave of seen.waves) {
      const text = waveText(wave)
      if (told.get(wave.no) !== text && wave.state !== 'not-open') tell(text)
      told.set(wave.no, text)
    }
    if (over.includes(seen.state) && underWay(seen) === 0) return seen
    await after(1000)
  }
}

function addWatch(command: Command): void {
  command
    .command('watch')
    .description('follow a rollout to its end; exit status 1 unless it finishes')
    .argument('<rollout>', 'the rollout')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const ended = await follow(await connect(server), id, output === 'table' ? say : () => undefined)
      if (output !== 'table') say(JSON.stringify(ended, undefined, 2))
      const text = `${ended.name}: ${ended.state}. ${reasonText(ended.why)}.`
      if (ended.state !== 'finished') throw new Failure(text, exitStatus.fault)
      if (output === 'table') say(text)
    })
}
