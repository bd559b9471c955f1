import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'

const place = mkdtempSync(join(tmpdir(), 'suture-ending-'))
afterEach(() => rmSync(place, { recursive: true, force: true }))

test('a Ctrl-C in the middle of the story ends everything that the demo started, and takes its folder away', async () => {
  const suture = join(import.meta.dirname, '../../cli/bin/suture.mjs')
  const demo = spawn(process.execPath, [suture, 'demo', '--devices', '40'], {
    env: { ...process.env, TMPDIR: place },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, as a terminal gives it: Ctrl-C reaches everybody in it.
    detached: true,
  })
  const ended = once(demo, 'exit')
  const said: string[] = []
  for await (const line of createInterface({ input: demo.stderr })) {
    said.push(line)
    if (line.includes('devices of 6 models')) process.kill(-(demo.pid ?? 0), 'SIGINT')
  }
  expect(await ended).toEqual([130, null])
  expect(said.at(-1)).toBe('Ended before the story was over.')
  expect(readdirSync(place)).toEqual([])
}, 120_000)
