import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packages, programsOf } from '@suture/server/platform/program/program.ts'
import type { Ceremony } from '@suture/server/signing/signer/ceremony.ts'
import { testLock } from './test-lock.ts'

/** The passphrase of every signer's home that a test makes. */
const testPassphrase = 'a passphrase for tests'

const lock = testLock(testPassphrase)

/** The ceremony for a home of a test. */
export const testCeremony = (home: string): Ceremony => ({ home, lock })

/** A signer in a process of its own. */
export interface SignerProcess {
  readonly pid: number
  readonly child: ChildProcess
  /** What it wrote to standard error so far. */
  said(): string
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/** The product's signer with a test's lock; the product's own entry runs wherever a test starts a whole server. */
const testEntry = new URL('./test-signer.ts', import.meta.url)

/** A signer whose rules obey SUTURE_SABOTAGE; it exists for tests alone. */
export const sabotagedEntry = new URL('./sabotaged-signer.ts', import.meta.url)

const root = fileURLToPath(new URL('../', import.meta.url))

/** Tests start dozens of signers, and each as one file: loading the sources would be half of what it takes. */
const programs = programsOf({
  root,
  modules: join(root, 'testing'),
  sources: ['testing', 'server', 'contract', 'trust', ...packages],
  programs: join(root, 'testing/dist/'),
})

export interface SignerOptions {
  readonly home: string
  readonly url: string
  readonly passphrase?: string
  readonly entry?: URL
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a signer; `ready` is false when it ended before it could serve. */
export async function startSigner(options: SignerOptions): Promise<SignerProcess & { readonly ready: boolean }> {
  const { home, url, passphrase = testPassphrase, entry = testEntry, env = {} } = options
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  const child = fork(await programs.make(entry), {
    env: {
      PATH,
      ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
      SUTURE_HOME: home,
      SUTURE_SIGNER_DATABASE_URL: url,
      ...(passphrase === '' ? {} : { SUTURE_SIGNER_PASSPHRASE: passphrase }),
      ...env,
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0)),
  )
  const ready = await Promise.race([
    new Promise<true>((resolve) => child.once('message', () => resolve(true))),
    ended.then(() => false),
  ])
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return { pid: child.pid ?? 0, child, said: () => said, ended, end, ready }
}
