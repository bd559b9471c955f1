import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Fleet } from './fleet.ts'
import type { Fact } from './truth.ts'

/** A line of the file of facts. */
export type TruthLine =
  | (Fact & { readonly at: string; readonly controllerId: string })
  | { readonly at: string; readonly event: 'end' }

/** A simulation in a process of its own. */
export interface SimulatorProcess {
  readonly child: ChildProcess
  /** Where each device tells who it is. */
  readonly ports: ReadonlyMap<string, number>
  /** What has become true so far. */
  truth(): Promise<readonly TruthLine[]>
  /** Asks it to end, and waits; the exit code, or the signal that ended it. */
  stop(): Promise<number | NodeJS.Signals>
}

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))

/** The facts in a file that may still be written: a line without an end does not count yet. */
async function readTruth(path: string): Promise<readonly TruthLine[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line) as TruthLine)
}

/**
 * Starts a simulation that ends with this process.
 * @throws with what it said when it ended before it was ready
 */
export async function startSimulator(fleet: Fleet): Promise<SimulatorProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'suture-fleet-'))
  const file = join(folder, 'fleet.json')
  await writeFile(file, JSON.stringify(fleet), { mode: 0o600 })
  const child = spawn(process.execPath, [entry, file, '--with-parent'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0)),
  )
  const ready = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then(() => undefined),
  ])
  await rm(folder, { recursive: true })
  if (ready === undefined) throw new Error(`The simulator ended before it was ready: ${said}`)
  const { devices } = JSON.parse(ready) as { devices: { controllerId: string; identityPort: number }[] }
  return {
    child,
    ports: new Map(devices.map(({ controllerId, identityPort }) => [controllerId, identityPort])),
    truth: () => readTruth(fleet.truth),
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
