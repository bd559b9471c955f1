import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { hasTerminal, startInTerminal } from '@suture/testing/terminal.ts'
import { expect, test } from 'vitest'

/** A command that has lasted long enough to show how far it is, and goes on for ever. */
const endless = `
  const { showProgress } = await import(${JSON.stringify(new URL('./progress.ts', import.meta.url).href)})
  const shown = showProgress('Working', 10_000, -10_000)
  setInterval(() => shown.advance(10), 10)`

test.skipIf(!hasTerminal())(
  'while progress is shown Escape ends nothing, and Ctrl-C ends the command with 130',
  async () => {
    const terminal = startInTerminal(['--input-type=module', '--eval', endless], process.env)
    const percent = () => Math.max(-1, ...[...terminal.screen().matchAll(/(\d+) %/g)].map(([, shown]) => Number(shown)))
    await expect.poll(percent).toBeGreaterThan(0)
    expect(terminal.screen()).toContain('Working')
    terminal.type('\x1b')
    await expect.poll(() => terminal.screen().includes('^[')).toBe(true)
    const before = percent()
    await expect.poll(percent).toBeGreaterThan(before + 1)
    terminal.type('\x03')
    expect(await terminal.ended).toBe(130)
  },
)

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a command that %s ends says so by its status, on an older Node too', async (signal, status) => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(old)}`,
      join(import.meta.dirname, 'bin/suture.mjs'),
      'whoami',
    ],
    {
      env: { PATH: process.env.PATH, SUTURE_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` },
      stdio: 'ignore',
    },
  )
  await once(silent, 'request')
  child.kill(signal)
  await once(child, 'exit')
  silent.closeAllConnections()
  silent.close()
  expect(child.exitCode).toBe(status)
})
