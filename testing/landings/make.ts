import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { secret } from '../demo/cast.ts'
import { run, start, stopAll } from '../demo/children.ts'
import { type Landing, lookAround, signInAs } from './look.ts'

// Keeps what this version leaves behind, so that later ones can prove that they start on it: the backup of a small demo
// that was played to its end, and how it looks through the public door once it was restored.

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '40' },
    /** The folder of a demo that was played with `--keep`, instead of playing one. */
    demo: { type: 'string' },
  },
})

/** Runs a program that must succeed; what it printed. */
async function does(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const ran = await run(args, { SUTURE_LOG_LEVEL: 'warn', ...env })
  if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.err || ran.out}`)
  return ran.out
}

async function playDemo(): Promise<string> {
  const args = ['testing/demo/main.ts', '--json', '--exit', '--keep', '--devices', values.devices]
  const { evidence } = JSON.parse(await does(args)) as { evidence: { file: string } }
  return dirname(evidence.file)
}

const suture = (...args: string[]) => ['cli/bin/suture.mjs', ...args]

/** A server on a restored home; it ends with this program. */
async function serve(home: string, passphrase: string): Promise<string> {
  const server = start('the server', suture('serve'), {
    ...{ SUTURE_HOME: home, SUTURE_LISTEN: '127.0.0.1:0', SUTURE_CONSOLE: 'off', SUTURE_LOG_LEVEL: 'warn' },
    SUTURE_SIGNER_PASSPHRASE: passphrase,
  })
  const greeting = await server.line((line) => line.includes('listens at '))
  return /listens at (\S+?);/.exec(greeting)?.[1] ?? ''
}

interface Made {
  readonly digest: string
  readonly schema: string
  readonly suture: string
  readonly bytes: number
}

async function make(): Promise<string> {
  const folder = values.demo ?? (await playDemo())
  const [home, scratch] = [join(folder, 'home'), await mkdtemp(join(tmpdir(), 'suture-landing-'))]
  const draft = join(scratch, 'landing.backup')
  const made = JSON.parse(
    await does(suture('backup', 'create', draft, '--with-signer', '-o', 'json'), { SUTURE_HOME: home }),
  ) as Made
  const restored = join(scratch, 'home')
  await does(suture('backup', 'restore', draft, '--settle', '0'), { SUTURE_HOME: restored })
  const passphrase = readFileSync(join(home, 'signer', 'passphrase'), 'utf8').trim()
  const keys = readFileSync(join(folder, 'keys.json'), 'utf8')
  const login = 'auditor@demo.example'
  const sees = await lookAround(await signInAs(await serve(restored, passphrase), login, secret), keys)
  await stopAll()
  const { digest, schema } = made
  const landing: Landing = { digest, schema, passphrase, enrolled: 3, keys, login, password: secret, sees }
  const name = join(import.meta.dirname, `${made.suture}-${schema}`)
  writeFileSync(`${name}.backup`, readFileSync(draft))
  writeFileSync(`${name}.json`, `${JSON.stringify(landing, undefined, 2)}\n`)
  rmSync(scratch, { recursive: true })
  if (values.demo === undefined) rmSync(folder, { recursive: true })
  return `${name}.backup: ${sees.devices.length} devices, ${Math.ceil(made.bytes / 1024)} KiB`
}

try {
  process.stdout.write(`${await make()}\n`)
} finally {
  await stopAll()
}
