import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { stopAll } from '../demo/children.ts'
import { makeCase } from './case.ts'
import { Chance } from './chance.ts'
import { exchange } from './http.ts'
import { changedBetween, keptIn, leaked, wordsStored } from './judge.ts'
import { makeScene, type Scene } from './scene.ts'
import { fuzzSwitches } from './switches.ts'

// Sends the device API of a real server what no device should send, for a while: it must answer or hang up in time,
// never with a fault, go on serving a device that asks well, give back its memory, and believe nothing.
// `--seed` repeats a run, `--case` one request of it. The last line is `N passed, N failed`.

const options = {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  case: { type: 'string' },
  sabotage: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const
const { values } = parseArgs({ options })
const seconds = Number(values.seconds)
const seed = Number(values.seed)
const sabotage = fuzzSwitches.find(({ name }) => name === values.sabotage)
if (!(seconds > 0 && Number.isSafeInteger(seed)) || (values.sabotage !== undefined && !sabotage)) {
  process.stderr.write(
    `usage: npm run fuzz -- [--seconds N] [--seed N] [--case N] [--json] [--sabotage ${fuzzSwitches.map(({ name }) => name).join('|')}]\n`,
  )
  process.exit(2)
}

/** How many requests are under way at once, and how long one may take, in milliseconds: far more than it needs. */
const [atOnce, patienceMs] = [24, 20_000]
/** Before this share of the time is over, caches fill and code is compiled. */
const warmUp = 0.3

interface Finding {
  readonly what: string
  /** What repeats it, if it was one request. */
  readonly replay?: string
}

/** What happened so far. */
class Run {
  readonly findings: Finding[] = []
  readonly statuses = new Map<number | 'closed', number>()
  readonly said = new Map<string, { sure: number; maybe: number }>()
  readonly times: number[] = []
  polls = 0
  cases = 0

  found(what: string, replay?: string): void {
    if (this.findings.length < 20) this.findings.push(replay === undefined ? { what } : { what, replay })
  }
}

async function tryCase(scene: Scene, run: Run, number: number): Promise<void> {
  const { sent, speakers, isPlain } = makeCase(new Chance(seed, number), scene.ground)
  const { statuses, isOver, ms } = await exchange(scene.url, sent, patienceMs)
  run.cases++
  run.times.push(ms)
  const replay = `npm run fuzz -- --seed ${seed} --case ${number}\n${JSON.stringify(Buffer.concat(sent.pieces).subarray(0, 2_000).toString('latin1'))}`
  for (const status of statuses.length > 0 ? statuses : (['closed'] as const))
    run.statuses.set(status, (run.statuses.get(status) ?? 0) + 1)
  if (!isOver) run.found(`Case ${number} was neither answered nor closed in ${patienceMs / 1000} s`, replay)
  for (const status of statuses) if (status >= 500) run.found(`Case ${number} was answered with ${status}`, replay)
  for (const speaker of speakers) {
    const taken = run.said.get(speaker) ?? { sure: 0, maybe: 0 }
    if (isPlain && statuses.length === 1) taken.sure += Number(statuses[0] === 200)
    else taken.maybe++
    run.said.set(speaker, taken)
  }
}

/** A device that asks well, all the while. */
async function watchOver(scene: Scene, run: Run, over: AbortSignal): Promise<void> {
  const { controllerId, token } = scene.witness
  const url = new URL(`/${scene.ground.tenant}/controller/v1/${controllerId}`, scene.url)
  while (!over.aborted) {
    const answer = await fetch(url, {
      headers: { authorization: `TargetToken ${token}` },
      signal: AbortSignal.timeout(patienceMs),
    }).catch((error: Error) => error)
    run.polls++
    if (answer instanceof Error) run.found(`A device that polls as it should got no answer: ${answer.message}`)
    else if (answer.status !== 200) run.found(`A device that polls as it should was answered with ${answer.status}`)
    else await answer.arrayBuffer()
    await after(250, undefined, { signal: over }).catch(() => undefined)
  }
}

type Held = Awaited<ReturnType<Scene['memory']>> & { readonly cases: number }

/** What a server holds that was left alone: what waits for the rest of a request may be held for a minute, and no longer. */
async function restOf(scene: Scene, run: Run, warm: Held): Promise<Held> {
  const until = performance.now() + 60_000
  for (;;) {
    await after(2_000)
    const held = { ...(await scene.memory()), cases: run.cases }
    if (leaked(warm, held) === undefined || performance.now() > until) return held
    tell(`${Math.round(held.held / 2 ** 20)} MiB held`)
  }
}

const tell = (text: string): void => void process.stderr.write(`${text}\n`)

async function fuzz(scene: Scene, run: Run): Promise<void> {
  const over = new AbortController()
  const watching = watchOver(scene, run, over.signal)
  const before = await keptIn(scene)
  const [start, until] = [performance.now(), performance.now() + seconds * 1000]
  let number = 0
  const work = async (end: number) => {
    while (performance.now() < end) await tryCase(scene, run, number++)
  }
  const allUntil = (end: number) => Promise.all(Array.from({ length: atOnce }, () => work(end)))
  await allUntil(start + seconds * 1000 * warmUp)
  const warm = { ...(await scene.memory()), cases: run.cases }
  tell(
    `${run.cases} cases, ${Math.round(warm.held / 2 ** 20)} MiB held, ${Math.round(warm.rss / 2 ** 20)} MiB resident`,
  )
  await allUntil(until)
  const rested = await restOf(scene, run, warm)
  tell(
    `${run.cases} cases, ${Math.round(rested.held / 2 ** 20)} MiB held, ${Math.round(rested.rss / 2 ** 20)} MiB resident`,
  )
  over.abort()
  await watching
  const leak = leaked(warm, rested)
  if (leak !== undefined) run.found(leak)
  for (const change of changedBetween(before, await keptIn(scene)))
    run.found(`What no device may change was changed: ${change}`)
  const stored = await wordsStored(scene)
  for (const { controllerId, isForeign } of scene.ground.targets) {
    const { sure, maybe } = run.said.get(controllerId) ?? { sure: 0, maybe: 0 }
    const words = stored.get(controllerId) ?? 0
    if (isForeign ? words > 0 : isLost(controllerId, sure, words) || words > sure + maybe)
      run.found(`${controllerId} has ${words} words stored, and said ${sure}, perhaps ${maybe} more`)
  }
}

/** A word that says the same as the one before is kept once; those of rigs are kept elsewhere. */
const isLost = (controllerId: string, sure: number, words: number): boolean =>
  sure > 0 && words === 0 && !controllerId.startsWith('rig-')

const judged = ['no fault', 'no hang', 'a device beside it is served', 'no memory kept', 'nothing believed'] as const
const names: readonly (readonly [RegExp, (typeof judged)[number]])[] = [
  [/answered with 5/, 'no fault'],
  [/neither answered/, 'no hang'],
  [/polls as it should/, 'a device beside it is served'],
  [/of memory/, 'no memory kept'],
]

function report(run: Run): void {
  const broken = new Set(
    run.findings.map(({ what }) => names.find(([seen]) => seen.test(what))?.[1] ?? 'nothing believed'),
  )
  const slowest = run.times.toSorted((a, b) => b - a)
  const told = {
    ...{ seed, seconds, cases: run.cases, polls: run.polls, statuses: Object.fromEntries(run.statuses) },
    slowestMs: Math.round(slowest[0] ?? 0),
    findings: run.findings,
  }
  if (values.json) process.stdout.write(`${JSON.stringify(told)}\n`)
  else for (const { what, replay } of run.findings) process.stdout.write(`${what}\n${replay ?? ''}\n`)
  process.stdout.write(`${judged.length - broken.size} passed, ${broken.size} failed\n`)
  process.exitCode = broken.size === 0 ? 0 : 1
}

const run = new Run()
const scene = await makeScene(sabotage).catch(async (error) => {
  await stopAll()
  throw error
})
try {
  if (values.case === undefined) await fuzz(scene, run)
  else {
    await tryCase(scene, run, Number(values.case))
    tell(`Answered with ${[...run.statuses.keys()].join(', ')}`)
  }
} finally {
  await scene.end()
}
report(run)
