import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { secret } from '@suture/testing/demo/cast.ts'

const repository = join(import.meta.dirname, '..')

/** The demo after its story, with the console left open. */
export interface OpenDemo {
  readonly url: string
  readonly password: string
  /** Everything that it told. */
  readonly said: readonly string[]
  /** The evidence as the story’s auditor downloaded it. */
  readonly evidence: {
    readonly states: Readonly<Record<string, number>>
    readonly devices: number
    /** The whole file. */
    readonly file: Buffer
  }
  /** Ends it as a Ctrl-C does. */
  end(): Promise<void>
}

/**
 * Runs the demo to its end and leaves it open, as somebody who wants to look around does.
 * @throws Error with what it said, when it ends before
 */
export async function openDemo(devices: number): Promise<OpenDemo> {
  const place = mkdtempSync(join(tmpdir(), 'suture-e2e-'))
  const demo = spawn(process.execPath, [join(repository, 'cli/bin/suture.mjs'), 'demo', '--devices', String(devices)], {
    // A receiver of webhooks is a part of the journeys.
    env: { ...process.env, TMPDIR: place, SUTURE_WEBHOOKS_TO: '127.0.0.0/8' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const ended = once(demo, 'exit')
  const said: string[] = []
  const end = async () => {
    if (demo.exitCode === null) process.kill(-(demo.pid ?? 0), 'SIGINT')
    await ended
    rmSync(place, { recursive: true, force: true })
  }
  const url = await new Promise<string>((found, failed) => {
    createInterface({ input: demo.stderr }).on('line', (line) => {
      said.push(line)
      const told = /open at (http:\S+?);/.exec(line)?.[1]
      if (told !== undefined) found(told)
    })
    void ended.then(() => failed(new Error(`The demo ended too early:\n${said.slice(-15).join('\n')}`)))
  }).catch(async (error) => {
    await end()
    throw error
  })
  return { url, password: secret, said, evidence: readEvidence(place), end }
}

function readEvidence(place: string): OpenDemo['evidence'] {
  const [folder] = readdirSync(place).filter((name) => name.startsWith('suture-demo-'))
  const file = readFileSync(join(place, folder ?? '', 'evidence.json'))
  const { statement } = JSON.parse(file.toString()) as {
    readonly statement: { readonly payload: string }
  }
  const { results } = JSON.parse(Buffer.from(statement.payload, 'base64').toString()) as {
    readonly results: Omit<OpenDemo['evidence'], 'file'>
  }
  return { ...results, file }
}
