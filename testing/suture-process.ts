import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { query, type TestDatabase } from './database.ts'

/** The command as people run it. */
export const suture = fileURLToPath(new URL('../cli/bin/suture.mjs', import.meta.url))

/** A machine's folders: the server's home and a person's own. */
export async function makeFolders() {
  const root = await mkdtemp(join(tmpdir(), 'suture-host-'))
  const env = {
    PATH: process.env.PATH,
    SUTURE_HOME: join(root, 'home'),
    SUTURE_CLI_HOME: join(root, 'person'),
    SUTURE_LISTEN: '127.0.0.1:0',
    SUTURE_LOG_LEVEL: 'warn',
  }
  return { root, env }
}

/** The environment of somebody at that machine. */
export type Machine = Awaited<ReturnType<typeof makeFolders>>['env']

/** The same for one test, removed when it ends. */
export async function folders() {
  const made = await makeFolders()
  onTestFinished(() => rm(made.root, { recursive: true, force: true }))
  return made
}

/** The settings with which `suture serve` runs on a test's database, without console and signer. */
export async function settingsOn({ urls: { superuser, owner, app, worker } }: TestDatabase) {
  // What belongs to a database itself is not cloned with it.
  await query(superuser, `grant create on database ${new URL(superuser).pathname.slice(1)} to suture_worker`)
  return {
    ...{ SUTURE_CONSOLE: 'off', SUTURE_SIGNER: 'external' },
    ...{ DATABASE_URL: owner, SUTURE_APP_DATABASE_URL: app, SUTURE_WORKER_DATABASE_URL: worker },
  }
}

/** Runs `suture` to its end. */
export function run(env: NodeJS.ProcessEnv, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [suture, ...args], { env, input, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** `suture serve`, once it listens; it is handed over as soon as it is there, to be ended whatever comes. */
export async function serve(env: NodeJS.ProcessEnv, started: (server: ChildProcess) => void) {
  const server = spawn(process.execPath, [suture, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  started(server)
  let told = ''
  for await (const chunk of server.stdout) {
    told += String(chunk)
    if (/listens at/.test(told) && (!/Nobody/.test(told) || /suc_[\w-]{43}/.test(told))) break
  }
  const url = /listens at (\S+);/.exec(told)?.[1] ?? ''
  const fingerprint = /(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/.exec(told)?.[0]
  return { server, url, fingerprint, code: /suc_[\w-]{43}/.exec(told)?.[0] }
}

/** Ends a child, unless it has ended already. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

export const healthOf = (url: string) =>
  fetch(`${url}/health`)
    .then((response) => response.json() as Promise<Record<string, string>>)
    .catch(() => ({}) as Record<string, string>)
