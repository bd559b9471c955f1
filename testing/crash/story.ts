import { appendFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { listSites } from '@suture/contract/inventory.ts'
import { run } from '../demo/children.ts'
import { badCell } from '../demo/fleet.ts'
import { models, put, star } from '../demo/world.ts'
import type { Switch } from '../sabotage/fault.ts'
import type { Keeper, Recovery } from './keeper.ts'
import { momentOf, type Struck, upload } from './moments.ts'
import { Observer } from './observer.ts'
import { type Kill, planOf } from './plan.ts'
import { type Census, killNow } from './processes.ts'
import { isOver, look, startRollout } from './rollouts.ts'
import { audienceOf, fileOf, makeStage, policy, type Stage } from './staging.ts'

interface Given {
  readonly seed: number
  readonly kills: number
  readonly devices: number
  readonly sabotage: Switch | undefined
  readonly say: (sentence: string) => void
}

/** One kill as it went. */
interface Strike {
  readonly no: number
  readonly targets: Kill['targets']
  readonly moment: Kill['moment']
  readonly isHit: boolean
  readonly downMs: number
  readonly at: string
  readonly isWholeRollout: boolean
  readonly recovery: Recovery
}

const pidsOf = (census: Census, target: Kill['targets'][number]): readonly number[] =>
  ({
    server: census.servers,
    signer: census.signers,
    postgres: census.postmasters,
    backend: census.backends.slice(0, 1),
  })[target]

/** Kills everything that a kill is about in one go, waits until it has come back, and follows the tasks that it cut off. */
async function strike(stage: Stage, observer: Observer, kill: Kill): Promise<Omit<Strike, 'isWholeRollout'>> {
  const { keeper } = stage
  await after(kill.afterMs)
  const struck: Struck = await momentOf(stage, observer, kill)
  await after(kill.lateMs)
  const census = keeper.census()
  const isServer = kill.targets.includes('server')
  if (isServer) keeper.expectEnd()
  const at = new Date().toISOString()
  const killed = kill.targets.flatMap((target) => pidsOf(census, target))
  for (const pid of killed) killNow(pid)
  let isBack = () => {}
  const back = new Promise<void>((resolve) => (isBack = resolve))
  const [recovery] = await Promise.all([
    keeper.recover(killed, { isServerDown: isServer, downMs: kill.downMs }, isBack),
    observer.follow(back),
    struck.under,
  ])
  const { no, targets, moment, downMs } = kill
  return { no, targets, moment, isHit: struck.isHit, downMs, at, recovery }
}

/**
 * The second rollout begins when the revision that dies of the release is known to do so; when the first one ends before
 * that, there is none.
 */
async function secondRollout(stage: Stage, first: string): Promise<readonly string[]> {
  for (;;) {
    const rollout = await look(stage, first)
    if (rollout.quarantined.length > 0) break
    if (isOver(rollout)) return []
    await after(300)
  }
  const { items } = await stage.cast.operator.calls(listSites, { query: {} })
  return [await startRollout(stage, 'at once', { site: items[0]?.id })]
}

async function untilOver(stage: Stage, ids: readonly string[]): Promise<boolean> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await after(300))
    if ((await Promise.all(ids.map((id) => look(stage, id)))).every(isOver)) return true
  return false
}

/** Packs the evidence of each rollout and has it verified without the server. */
async function prove({ folder, panel }: Stage, ids: readonly string[]) {
  const keys = fileOf(folder, 'keys.json')
  await panel.auditor.does(['signer', 'keys', '--export', keys])
  const packs = []
  for (const [at, id] of ids.entries()) {
    const file = fileOf(folder, `evidence-${at + 1}.json`)
    const packed = await panel.auditor.tries(['evidence', 'pack', id, '--out', file])
    const verified = await panel.auditor.tries(['evidence', 'verify', file, '--keys', keys])
    packs.push({ rollout: id, file, isVerified: packed.status === 0 && verified.status === 0 })
  }
  return { keys, packs }
}

/** What of the fleet is certain before anything happens: who comes through is the same in every run of a seed. */
const expectedOf = ({ fleet }: Stage): readonly string[] =>
  audienceOf(fleet)
    .filter(({ hardwareRevision, behaviour, bootloader }) => {
      const isBroken = hardwareRevision === badCell.hardwareRevision || bootloader !== '1.5'
      return !isBroken && behaviour !== 'lying' && behaviour !== 'silent'
    })
    .map(({ serial }) => serial)

/** What a run came to: the judge's words, and the figures. */
export interface Told {
  readonly judged: { readonly passed: number; readonly failed: number; readonly failures: readonly string[] }
  readonly figures: Readonly<Record<string, unknown>>
}

const sentenceOf = ({ no, targets, moment, isHit, downMs, recovery: { healthy, census } }: Strike): string => {
  const away = targets.includes('server') ? `, left alone for ${(downMs / 1000).toFixed(1)} s` : ''
  const found = Object.entries(census).map(([part, pids]) => `${pids.length} ${part}`)
  const end = healthy === undefined ? `not healthy: ${found.join(', ')}` : `healthy after ${healthy.toFixed(1)} s`
  return `kill ${no}: ${targets.join(' + ')} (${moment}${isHit ? '' : ', missed'}${away}); ${end}`
}

async function killAll(stage: Stage, observer: Observer, first: string, given: Given): Promise<readonly Strike[]> {
  const strikes: Strike[] = []
  for (const kill of planOf(given.seed, given.kills, (policy.silenceSeconds + 3) * 1000)) {
    const isWholeRollout = isOver(await look(stage, first))
    const done = { ...(await strike(stage, observer, kill)), isWholeRollout }
    strikes.push(done)
    appendFileSync(fileOf(stage.folder, 'strikes.jsonl'), `${JSON.stringify(done)}\n`)
    given.say(sentenceOf(done))
    // What has not come back once is judged as it is.
    if (done.recovery.whole === undefined) break
  }
  return strikes
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const tenths = (value: number): number => Math.round(value * 10) / 10

/** Runs one rollout beside another under kills, and has a program judge it that shares no code with the server. */
export async function tell(given: Given, folder: string, keeper: Keeper): Promise<Told> {
  const began = performance.now()
  const stage = await makeStage(folder, keeper, given.devices, given.seed)
  given.say(
    `${stage.fleet.length} devices, a published release, two approvers (${tenths((performance.now() - began) / 1000)} s)`,
  )
  const urls = { app: await keeper.database('app'), worker: await keeper.database('worker') }
  const observer = new Observer(urls, stage.cast.tenant)
  const first = await startRollout(stage, 'in waves', { model: models[0].model })
  const starting = secondRollout(stage, first)
  starting.catch(() => undefined)
  const strikes = await killAll(stage, observer, first, given)
  const rollouts = [first, ...(await starting)]
  const isEnded = await untilOver(stage, rollouts)
  const uploaded = await upload(stage)
  const proof = await prove(stage, rollouts)
  await observer.stop()
  await stage.simulated.process.stop()
  const record = {
    ...{ tenant: stage.cast.tenant, rollouts, wanted: star.correctedAs, silenceSeconds: policy.silenceSeconds },
    audience: audienceOf(stage.fleet).map(({ serial }) => serial),
    expected: expectedOf(stage),
    ...{ strikes, isEnded, ownEnds: keeper.ownEnds, samples: observer.samples, doubles: observer.doubles },
    tasks: observer.caught,
    upload: { sha256: stage.large.sha256, status: uploaded.status, told: uploaded.out, home: keeper.home },
    ...proof,
    log: keeper.log,
  }
  const file = put(folder, 'record.json', JSON.stringify(record))
  const args = ['--record', file, '--truth', stage.simulated.truth, '--database', urls.app]
  const ran = await run(['testing/checker/after-crash.ts', ...args], {})
  if (ran.out === '') throw new Error(`The judge did not run: ${ran.err}`)
  const judged = JSON.parse(ran.out) as Told['judged'] & { readonly figures: object }
  const back = strikes.map(({ recovery }) => recovery.healthy ?? Number.POSITIVE_INFINITY)
  const resumed = observer.caught.map(({ resumedAfter }) => resumedAfter ?? Number.POSITIVE_INFINITY)
  return {
    judged,
    figures: {
      seed: given.seed,
      devices: stage.fleet.length,
      kills: strikes.length,
      killsByKind: Object.fromEntries(
        [...Map.groupBy(strikes, ({ targets }) => targets.join('+'))].map(([kind, each]) => [kind, each.length]),
      ),
      killsDuringRollout: strikes.filter(({ isWholeRollout }) => !isWholeRollout).length,
      momentsHit: strikes.filter(({ isHit }) => isHit).length,
      restarts: keeper.starts - 1,
      recoverySeconds: { p50: tenths(median(back)), max: tenths(Math.max(...back)) },
      tasksResumed: resumed.length,
      taskResumeSeconds: { p50: tenths(median(resumed)), max: tenths(Math.max(0, ...resumed)) },
      ...judged.figures,
      seconds: tenths((performance.now() - began) / 1000),
    },
  }
}
