import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestProject } from 'vitest/node'
import { findBrowser } from './browser.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the demo that every journey looks around in. */
    readonly demo: string
  }
}

const repository = join(import.meta.dirname, '..')

/** Where a demo of this folder says that it is open, or what it said until it ended. */
export const tellsIn = (place: string) => join(place, 'told.json')

/** A demo that was started, and what it comes to. */
interface Started {
  /** Where its console is open, once its story is over; otherwise the last that it said. */
  readonly told: Promise<{ readonly url: string } | { readonly said: readonly string[] }>
  /** Ends it as a Ctrl-C does. */
  readonly end: () => Promise<void>
}

/** Starts the demo in a folder of its own as somebody does who wants to look around. */
export function startDemo(place: string): Started {
  const demo = spawn(process.execPath, [join(repository, 'cli/bin/suture.mjs'), 'demo', '--devices', '60'], {
    // A receiver of webhooks is a part of the journeys.
    env: { ...process.env, TMPDIR: place, SUTURE_WEBHOOKS_TO: '127.0.0.0/8' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const ended = once(demo, 'exit')
  const said: string[] = []
  const told = new Promise<Awaited<Started['told']>>((resolve) => {
    createInterface({ input: demo.stderr }).on('line', (line) => {
      said.push(line)
      const url = /open at (http:\S+?);/.exec(line)?.[1]
      if (url !== undefined) resolve({ url })
    })
    void ended.then(() => resolve({ said: said.slice(-15) }))
  })
  const end = async () => {
    if (demo.exitCode === null) process.kill(-(demo.pid ?? 0), 'SIGINT')
    await ended
  }
  return { told, end }
}

let end: (() => Promise<void>) | undefined

/** Starts it once for all journeys, and does not wait for its story: that keeps real time, and other tests have the machine. */
export function setup(project: TestProject): void {
  if (findBrowser() === undefined) return
  const place = mkdtempSync(join(tmpdir(), 'suture-e2e-'))
  project.provide('demo', place)
  const demo = startDemo(place)
  void demo.told.then((told) => {
    if (!existsSync(place)) return
    writeFileSync(`${tellsIn(place)}.new`, JSON.stringify(told))
    renameSync(`${tellsIn(place)}.new`, tellsIn(place))
  })
  end = async () => {
    await demo.end()
    rmSync(place, { recursive: true, force: true })
  }
}

/** Ends it as a Ctrl-C does. */
export const teardown = (): Promise<void> | undefined => end?.()
