import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseFleet } from './fleet.ts'
import { startSimulation } from './simulation.ts'

// A process of its own that shares nothing with the server: what it proves would prove less otherwise.

const end = (why: unknown, code: number): never => {
  process.stderr.write(`${why instanceof Error ? why.message : String(why)}\n`)
  process.exit(code)
}

function readArguments(): { readonly path: string; readonly withParent: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'with-parent': { type: 'boolean', default: false } },
  })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new Error('usage: main.ts FLEET.json [--with-parent]')
  return { path, withParent: values['with-parent'] }
}

/** Resolves once the process is asked to end, or a parent that keeps a channel or, if told so, a pipe to it is gone. */
const asked = (withParent: boolean): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
    if (withParent) process.stdin.resume().once('close', () => resolve())
    process.once('disconnect', () => resolve())
  })

function prepare() {
  try {
    const { path, withParent } = readArguments()
    return { fleet: parseFleet(readFileSync(path, 'utf8')), withParent }
  } catch (cause) {
    return end(cause, 2)
  }
}

const { fleet, withParent } = prepare()
const stopAsked = asked(withParent)
try {
  const simulation = await startSimulation(fleet)
  process.stdout.write(`${JSON.stringify({ ready: true, devices: simulation.devices })}\n`)
  await Promise.race([stopAsked, simulation.failed])
  await simulation.stop()
  // A pipe from the parent would keep the process alive.
  process.stdin.destroy()
  if (process.connected) process.disconnect?.()
} catch (cause) {
  end(cause, 1)
}
