import { type ChildProcess, fork, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { query } from '@suture/testing/database.ts'
import {
  end,
  folders,
  healthOf,
  type Machine,
  makeFolders,
  run,
  serve,
  suture,
} from '@suture/testing/suture-process.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startEmbedded } from './platform/database/embedded/cluster.ts'

const password = 'a sentence nobody guesses'
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await after(50)
}

describe('one home, from its first start to its last stop', () => {
  let root: string
  let env: Machine
  let running: Awaited<ReturnType<typeof serve>>
  /** A second person’s folder, who never signed in. */
  let stranger: NodeJS.ProcessEnv
  const at = () => ({ ...env, SUTURE_URL: running.url })
  const isWhole = () => until(async () => (await healthOf(running.url)).signer === 'ok')

  const servers: ChildProcess[] = []
  const start = (server: ChildProcess) => void servers.push(server)

  beforeAll(async () => {
    ;({ root, env } = await makeFolders())
    stranger = { ...env, SUTURE_CLI_HOME: join(root, 'stranger') }
  })
  afterAll(async () => {
    for (const server of servers) await end(server, 'SIGTERM')
    await rm(root, { recursive: true, force: true })
  })

  const examine = () => {
    const { status, stdout } = run(env, ['doctor', '-o', 'json'])
    const found = JSON.parse(stdout) as { check: string; state: string }[]
    return { status, states: Object.fromEntries(found.map(({ check, state }) => [check, state])) }
  }

  test('doctor looks before the first start, and makes nothing', () => {
    expect(examine()).toMatchObject({
      status: 0,
      states: { home: 'ok', database: 'warn', connection: 'warn', signer: 'warn' },
    })
    expect(existsSync(env.SUTURE_HOME)).toBe(false)
  })

  test('a stranger gets from an empty home to a signed-in admin with three commands', async () => {
    running = await serve(env, start)
    await isWhole()
    const made = run(at(), ['init', '--login', 'ada@plant', '--name', 'Ada', '--stdin'], `${running.code}\n${password}`)
    expect(made).toMatchObject({ status: 0, stderr: '' })
    const signedIn = run(at(), ['login', '--login', 'ada@plant', '--stdin'], password)
    expect(signedIn).toMatchObject({ status: 0, stderr: '' })
    expect((await stat(join(env.SUTURE_CLI_HOME, 'approval-key'))).mode & 0o777).toBe(0o600)
    const enrol = /suture (signer enrol .*)$/m.exec(signedIn.stdout)?.[1] ?? ''
    const words = [...enrol.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    expect(run(at(), words)).toMatchObject({ status: 0, stderr: '' })
    expect(run(at(), ['signer', 'roster']).stdout).toContain('Ada')
    const keys = run(at(), ['signer', 'keys']).stdout
    expect(keys).toMatch(/rollout-plan +[0-9a-f]{64}/)
    expect(keys).toMatch(/Last alive: 20/)
    expect(run(at(), ['signer', 'requests']).status).toBe(0)
    expect(run(at(), ['whoami']).stdout).toContain('Roles: admin')
    expect(run(at(), ['user', 'list', '-o', 'csv']).stdout).toContain('ada@plant,Ada,active,admin')
    expect(JSON.parse(run(at(), ['event', 'list', '-o', 'json']).stdout)).toHaveLength(3)
  })

  test('the exit status says what kind of no it was', () => {
    const there = { ...stranger, SUTURE_URL: running.url }
    expect(run(there, ['whoami']).status).toBe(4)
    expect(run(there, ['login', '--login', 'nobody', '--stdin'], 'wrong')).toMatchObject({ status: 3 })
    expect(run({ ...there, SUTURE_URL: 'http://127.0.0.1:9' }, ['whoami']).status).toBe(5)
    expect(run(there, ['bogus']).status).toBe(2)
    expect(run(there, ['--help']).status).toBe(0)
  })

  test('a second server on the same home is refused in one sentence, and the first goes on', async () => {
    const second = run(env, ['serve'])
    expect(second.status).toBe(1)
    expect(second.stderr).toMatch(/^Another Suture \(process \d+\) is using .*\n$/)
    await until(async () => (await healthOf(running.url)).database === 'ok')
  })

  test('a backup is made while the server runs, is verified offline, and is not restored over what is there', () => {
    const file = join(env.SUTURE_HOME, '..', 'running.backup')
    const made = run(env, ['backup', 'create', file, '--with-signer', '-o', 'json'])
    expect(made).toMatchObject({ status: 0, stderr: '' })
    const { digest, rows, withSigner } = JSON.parse(made.stdout) as Record<string, unknown>
    expect({ withSigner, hasRows: Number(rows) > 3 }).toEqual({ withSigner: true, hasRows: true })
    const verify = (...more: string[]) => run(stranger, ['backup', 'verify', file, ...more])
    expect(verify('--sha256', String(digest))).toMatchObject({ status: 0, stderr: '' })
    expect(verify('--sha256', '0'.repeat(64))).toMatchObject({ status: 1, stdout: '' })
    expect(run(env, ['backup', 'create', file])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is there already/),
    })
    expect(run(env, ['backup', 'restore', file])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is using/),
    })
    expect(examine().states).toMatchObject({ backup: 'ok' })
  })

  test('doctor looks while the server runs, and sees a home that is open to others', async () => {
    expect(examine()).toMatchObject({
      status: 0,
      states: { roles: 'ok', isolation: 'ok', durability: 'ok', version: 'ok' },
    })
    await chmod(env.SUTURE_HOME, 0o755)
    expect(examine()).toMatchObject({ status: 1, states: { home: 'bad' } })
  })

  test('after a kill -9 of the server nothing of it stays behind that a next start does not take over', async () => {
    await end(running.server, 'SIGKILL')
    running = await serve(env, start)
    // Whoever was set up before is there, so that nobody is offered to be the first again.
    expect(running.code).toBeUndefined()
    await isWhole()
    expect(await healthOf(running.url)).toEqual({ database: 'ok', signer: 'ok' })
    expect(run(at(), ['login', '--login', 'ada@plant', '--stdin'], password)).toMatchObject({ status: 0 })
  })

  test('stopping ends the server with exit status 0 and stops PostgreSQL', async () => {
    await end(running.server, 'SIGTERM')
    expect(running.server.exitCode).toBe(0)
    expect(existsSync(join(env.SUTURE_HOME, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
  })
})

test('a restored database begins a new epoch', async () => {
  const { env } = await folders()
  expect(run(env, ['db', 'restored'])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Epoch \d{8} has begun/),
  })
})

test('the wrapper that hands over to a newer Node does not leave the server behind when it is killed', async () => {
  const { root, env } = await folders()
  // Stands in for the wrapper: like it, it runs the program with a channel and dies without a word.
  const wrapper = join(root, 'wrapper.mjs')
  await writeFile(
    wrapper,
    `import { spawn } from 'node:child_process'\nspawn(process.execPath, ${JSON.stringify([suture, 'serve'])}, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }).stdout.on('data', (text) => process.send(String(text)))`,
  )
  const parent = fork(wrapper, { env, execArgv: [] })
  let told = ''
  parent.on('message', (text) => {
    told += text
  })
  await until(async () => /listens at/.test(told))
  const url = /listens at (\S+);/.exec(told)?.[1] ?? ''
  await end(parent, 'SIGKILL')
  await until(async () => !('database' in (await healthOf(url))))
  await until(async () => !existsSync(join(env.SUTURE_HOME, 'postgres', 'data', 'postmaster.pid')))
})

test('a setting that cannot be used is named, with what would be right', async () => {
  const { env } = await folders()
  const open = run({ ...env, SUTURE_LISTEN: '0.0.0.0:8470' }, ['serve'])
  expect(open).toMatchObject({ status: 1 })
  expect(open.stderr).toMatch(/SUTURE_LISTEN: a loopback address, as there is no TLS/)
  const half = run({ ...env, DATABASE_URL: 'postgres://owner@localhost/suture' }, ['serve'])
  expect(half.stderr).toMatch(/suture db init/)
  expect(run({ ...env, SUTURE_POOL: 'many' }, ['config']).stderr).toMatch(/SUTURE_POOL/)
})

test('a database that lets nobody in is told by its setting, without the password', async () => {
  const { env } = await folders()
  const url = 'postgres://owner:hunter2@127.0.0.1:1/suture'
  const settings = { DATABASE_URL: url, SUTURE_APP_DATABASE_URL: url, SUTURE_WORKER_DATABASE_URL: url }
  const { status, stderr } = run({ ...env, ...settings, SUTURE_SIGNER: 'external' }, ['serve'])
  expect(status).not.toBe(0)
  expect(stderr).toMatch(/The database that DATABASE_URL names lets nobody in \(.*ECONNREFUSED/)
  expect(stderr).not.toContain('hunter2')
})

test('config prints every setting with its meaning, and no password', async () => {
  const { env } = await folders()
  const { stdout } = run({ ...env, DATABASE_URL: 'postgres://owner:hunter2@localhost/suture' }, [
    'config',
    '-o',
    'json',
  ])
  const settings = JSON.parse(stdout) as { name: string; value: string; meaning: string }[]
  expect(settings.length).toBeGreaterThan(6)
  for (const { name, meaning } of settings) expect({ name, says: meaning.length > 20 }).toEqual({ name, says: true })
  expect(stdout).not.toContain('hunter2')
  expect(stdout).toContain('owner:***@localhost')
})

test('a PostgreSQL of one’s own gets its roles by `db init`, and the server runs on it and leaves it running', async () => {
  const { root, env } = await folders()
  const cluster = await startEmbedded({ home: join(root, 'own'), durable: false })
  onTestFinished(() => cluster.stop())
  const url = new URL(cluster.superuser)
  const as = (user: string, name: string, secret: string) => {
    const changed = new URL(url)
    changed.username = user
    changed.password = secret
    changed.pathname = `/${name}`
    return changed.href
  }
  // As a stranger's PostgreSQL is: without any of our roles, and with an owner who is no superuser.
  await query(cluster.superuser, 'drop database suture')
  for (const role of ['owner', 'app', 'worker', 'signer']) await query(cluster.superuser, `drop role suture_${role}`)
  await query(cluster.superuser, `create role acme login createrole password 'secret'`)
  await query(cluster.superuser, 'create database plants owner acme')
  const own = { ...env, DATABASE_URL: as('acme', 'plants', 'secret') }
  const made = run(own, ['db', 'init'])
  expect(made).toMatchObject({ status: 0, stderr: '' })
  const settings = Object.fromEntries(
    made.stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  // The signer apart from the server: its own home, started by hand, known to the server by a copy of its public keys.
  const apart = {
    ...env,
    ...settings,
    SUTURE_HOME: join(root, 'signer-home'),
    SUTURE_SIGNER_PASSPHRASE: 'a long passphrase',
  }
  const keysFile = join(root, 'public.json')
  const signer = spawn(process.execPath, [suture, 'signer', 'run'], { env: { ...own, ...apart }, stdio: 'inherit' })
  onTestFinished(() => end(signer, 'SIGTERM'))
  const { SUTURE_SIGNER_DATABASE_URL, ...serverSettings } = settings
  expect(SUTURE_SIGNER_DATABASE_URL).toContain('suture_signer')
  const withoutChoice = run({ ...own, ...serverSettings }, ['serve'])
  expect(withoutChoice).toMatchObject({ status: 1 })
  expect(withoutChoice.stderr).toContain('suture_signer unless SUTURE_SIGNER=external')
  const {
    server,
    url: at,
    code,
  } = await serve({ ...own, ...serverSettings, SUTURE_SIGNER: 'external', SUTURE_SIGNER_KEYS: keysFile }, (child) =>
    onTestFinished(() => end(child, 'SIGTERM')),
  )
  expect(code).toBeDefined()
  await until(async () => existsSync(join(apart.SUTURE_HOME, 'signer', 'public.json')))
  await copyFile(join(apart.SUTURE_HOME, 'signer', 'public.json'), keysFile)
  const there = { ...env, SUTURE_URL: at }
  run(there, ['init', '--login', 'ada', '--name', 'Ada', '--stdin'], `${code}\n${password}`)
  run(there, ['login', '--login', 'ada', '--stdin'], password)
  expect(run(there, ['signer', 'keys']).stdout).toMatch(/evidence +[0-9a-f]{64}/)
  await end(server, 'SIGTERM')
  expect(await query(as('acme', 'plants', 'secret'), 'select name from platform_tenant')).toEqual([{ name: 'main' }])
})
