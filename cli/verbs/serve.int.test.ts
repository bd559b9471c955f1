import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, onTestFinished, test } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'suture-serve-'))
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a start that fails ends the process, also when another one started it and waits', async () => {
  const server = spawn(process.execPath, [join(import.meta.dirname, '../bin/suture.mjs'), 'serve'], {
    env: { ...process.env, SUTURE_HOME: home, SUTURE_LISTEN: '0.0.0.0:0', SUTURE_CONSOLE: 'off' },
    // As `start.mjs` does on a Node that is too old.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  let said = ''
  server.stderr?.on('data', (chunk) => {
    said += String(chunk)
  })
  expect(await once(server, 'exit')).toEqual([1, null])
  expect(said).toContain('SUTURE_LISTEN')
}, 30_000)

test('a Ctrl-C that is heard twice, from the terminal and from npm, still stops the database', async () => {
  const server = spawn(process.execPath, [join(import.meta.dirname, '../bin/suture.mjs'), 'serve'], {
    env: { ...process.env, SUTURE_HOME: home, SUTURE_LISTEN: '127.0.0.1:0', SUTURE_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  const heard: string[] = []
  for await (const line of createInterface({ input: server.stdout })) {
    heard.push(line)
    if (line.startsWith('Suture listens at ')) server.kill('SIGINT')
    if (line.startsWith('Stopping')) server.kill('SIGINT')
  }
  expect(await ended).toEqual([0, null])
  expect(heard.some((line) => line.startsWith('Stopping'))).toBe(true)
  // PostgreSQL takes this file away as the last thing that it does.
  expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
}, 60_000)
