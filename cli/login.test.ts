import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))

test.each([
  ['a page of a proxy', 502, '<html><h1>502 Bad Gateway</h1></html>', 5],
  ['a problem of somebody else', 403, '{"error":"not here"}', 3],
  ['somebody else’s JSON', 200, '{"token":"t"}', 5],
])(
  'whoever signs in and is answered by %s is told in words what answered, and is not signed in',
  async (_by, status, body, exit) => {
    const server = createServer((asked, answer) => {
      asked.resume()
      answer.writeHead(status, { 'set-cookie': 'theirs=1' }).end(body)
    }).listen(0, '127.0.0.1')
    const home = mkdtempSync(join(tmpdir(), 'suture-login-'))
    onTestFinished(() => {
      server.close()
      rmSync(home, { recursive: true })
    })
    await once(server, 'listening')
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = { PATH: process.env.PATH, SUTURE_CLI_HOME: home }
    const child = spawn(process.execPath, [program, 'login', '--server', base, '--login', 'a', '--stdin'], { env })
    child.stdin.end('a secret\n')
    const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect({ status: child.exitCode, said }).toEqual({
      status: exit,
      said: expect.stringMatching(
        new RegExp(`^What answered, with status ${status}, was not Suture.*\n  ${base}/api/v1/session`),
      ),
    })
    expect(said).not.toMatch(/^ +at /m)
    expect(existsSync(join(home, 'session.json'))).toBe(false)
  },
)
