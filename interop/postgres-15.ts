import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  command,
  give,
  ladder,
  type Rung,
  run,
  socketsIn,
  spawnAs,
  stateFor,
} from '@suture/server/platform/database/embedded/rung.ts'

// The tests that use the database, on Debian's PostgreSQL 15 instead of the embedded one. The last line is
// `N passed, N failed`; what stands on the command line is handed to vitest, such as the paths of some files.

const programs = process.env.SUTURE_POSTGRES_15 ?? '/usr/lib/postgresql/15/bin'

function end(sentence: string, status: number): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(status)
}

if (!existsSync(join(programs, 'postgres')))
  end(
    `There is no PostgreSQL 15 in ${programs}. Install Debian's postgresql-15, or name the folder of its programs in SUTURE_POSTGRES_15.`,
    1,
  )

/** Makes an empty cluster as whoever PostgreSQL may run as here; each rung is tried as far as the first start of initdb. */
async function initialise(home: string, password: string) {
  const reasons: string[] = []
  for (const rung of ladder()) {
    try {
      const state = await stateFor(rung, home, join(home, 'nobody'))
      const [data, secret] = [join(state, 'data'), join(state, 'password')]
      await mkdir(data, { mode: 0o700 })
      await writeFile(secret, password, { mode: 0o600 })
      for (const path of [data, secret]) await give(rung, path)
      const args = ['-D', data, '--username=postgres', `--pwfile=${secret}`, '--auth=scram-sha-256', '--no-sync']
      await run(rung, '/', join(programs, 'initdb'), [...args, '--encoding=UTF8', '--locale=C.UTF-8'])
      return { rung, data, sockets: socketsIn(rung, state) }
    } catch (cause) {
      reasons.push(`${rung}: ${(cause as Error).message}`)
    }
  }
  return end(`PostgreSQL 15 cannot run here: ${reasons.join('; ')}`, 1)
}

async function launch(rung: Rung, data: string, sockets: string): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=',
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=100',
  ]
  const args = ['-D', data, '-k', sockets, ...settings.flatMap((setting) => ['-c', setting])]
  const child = spawn(...command(rung, join(programs, 'postgres'), args), {
    ...spawnAs(rung, '/'),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const ready = new Promise<true>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-4000)
      if (said.includes('ready to accept connections')) resolve(true)
    })
  })
  const started = await Promise.race([ready, once(child, 'exit')])
  return started === true ? child : end(`PostgreSQL 15 did not start: ${said}`, 1)
}

const root = join(import.meta.dirname, '..')
const home = await mkdtemp(join(tmpdir(), 'suture-15-'))
const password = randomBytes(24).toString('base64url')
const { rung, data, sockets } = await initialise(home, password)
const postgres = await launch(rung, data, sockets)
const url = `postgresql://postgres:${password}@localhost:5432/postgres?host=${encodeURIComponent(sockets)}&sslmode=disable`

const given = process.argv.slice(2)
const areNamed = given.some((each) => !each.startsWith('-'))
const chosen = areNamed ? ['run', ...given] : ['related', '--run', 'testing/database.ts', ...given]
const tests = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...chosen, '--project', 'code'], {
  cwd: root,
  env: { ...process.env, SUTURE_TEST_DATABASE_URL: url },
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tests.kill(signal))
const [status] = (await once(tests, 'exit')) as [number | null]
postgres.kill('SIGINT')
if (postgres.exitCode === null) await once(postgres, 'exit')
await rm(home, { recursive: true, force: true })
process.exitCode = status ?? 1
