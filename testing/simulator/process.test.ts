import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { until } from './counterpart.ts'
import { behaviours } from './fleet.ts'
import { startSimulator } from './process.ts'
import { entry, image, readIdentity, type Scene, startScene } from './scene.ts'

const program = join(import.meta.dirname, 'main.ts')

test('a simulation that is asked to end closes its doors, ends its file and exits with 0', async () => {
  const scene = await startScene([entry('pump'), entry('probe', { identity: { protocol: 'coap', port: 0 } })])
  const port = scene.simulator.ports.get('pump') ?? 0
  expect(await readIdentity('http', port)).toBeDefined()
  expect(await scene.simulator.stop()).toBe(0)
  expect(await readIdentity('http', port)).toBeUndefined()
  expect((await scene.simulator.truth()).at(-1)?.event).toBe('end')
})

test('a simulation ends in the middle of everything, without a word too many', async () => {
  const devices = behaviours.map((behaviour) => entry(behaviour, { behaviour }))
  const scene = await startScene(devices, { installSeconds: [60, 60] })
  for (const { controllerId } of devices) scene.server.offer(controllerId, image(), { holdAt: 150_000 })
  await until(async () => (await scene.events('honest')).includes('downloading'))
  expect(await scene.simulator.stop()).toBe(0)
  const told = await scene.simulator.truth()
  expect(told.filter(({ event }) => event === 'end')).toHaveLength(1)
  expect(told.at(-1)?.event).toBe('end')
})

test('a simulation with a parent ends when the parent is gone', async () => {
  const { simulator } = await startScene([entry('pump')])
  const ended = once(simulator.child, 'exit')
  simulator.child.stdin?.end()
  expect(await ended).toEqual([0, null])
  expect((await simulator.truth()).at(-1)?.event).toBe('end')
})

test('a port that is taken is told, and nothing is left running', async () => {
  const scene = await startScene([entry('pump')])
  const port = scene.simulator.ports.get('pump') ?? 0
  const identity = { protocol: 'http', port } as const
  const truth = `${scene.fleet.truth}.other`
  await expect(startSimulator({ ...scene.fleet, truth, devices: [entry('other', { identity })] })).rejects.toThrow(
    'EADDRINUSE',
  )
})

test.each([
  ['no file', [], 'usage: main.ts FLEET.json'],
  ['a file that is not there', ['/nowhere/fleet.json'], 'ENOENT'],
  ['an unknown option', ['--fast'], "Unknown option '--fast'"],
])('a simulation with %s exits with 2 and says why', async (_, args, says) => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  expect(await once(child, 'close')).toEqual([2, null])
  expect(said).toContain(says)
})

/** What a run of one device of each behaviour says and makes true, without times and ports. */
async function play(seed: number): Promise<ReadonlyMap<string, unknown>> {
  const devices = behaviours.map((behaviour) => entry(behaviour, { behaviour }))
  const scene = await startScene(devices, { seed })
  for (const { controllerId } of devices) scene.server.offer(controllerId, image())
  const over = (each: string) => scene.server.feedback(each).includes('deploymentBase closed success')
  await until(() => behaviours.every((each) => each === 'silent' || over(each)))
  await until(async () => (await scene.events('silent')).includes('silent'))
  const ranges = (each: string) => scene.server.asked(each).flatMap(({ range }) => (range === undefined ? [] : [range]))
  await scene.simulator.stop()
  const told = await Promise.all(behaviours.map((each) => lastWords(scene, each)))
  return new Map(behaviours.map((each, at) => [each, [scene.server.feedback(each), ranges(each), told[at]]]))
}

const lastWords = async (scene: Scene, controllerId: string) =>
  (await scene.facts(controllerId)).filter(({ event }) => event !== 'reported').map(({ event }) => event)

test('the same seed plays the same story again, and another seed another one', async () => {
  const [first, again, other] = [await play(1), await play(1), await play(2)]
  expect(again).toEqual(first)
  expect(other.get('interrupted')).not.toEqual(first.get('interrupted'))
})

test('a fleet file with an error is told line by line', async () => {
  const scene = await startScene([entry('pump')])
  const path = `${scene.fleet.truth}.json`
  writeFileSync(path, JSON.stringify({ ...scene.fleet, seed: 'x', tenant: '' }))
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => {
    child.kill()
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  expect(await once(child, 'close')).toEqual([2, null])
  expect(said.trim().split('\n')).toHaveLength(2)
})
