import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { secret } from '@suture/testing/demo/cast.ts'
import { inject } from 'vitest'
import { tellsIn } from './start-demo.ts'

/** The demo after its story, with the console left open. */
export interface OpenDemo {
  readonly url: string
  readonly password: string
  /** The evidence as the story’s auditor downloaded it. */
  readonly evidence: {
    readonly states: Readonly<Record<string, number>>
    readonly devices: number
    /** The whole file. */
    readonly file: Buffer
  }
}

/**
 * Waits until the story of the demo is over.
 * @throws Error with what it said, when it ends before
 */
export async function openDemo(): Promise<OpenDemo> {
  const place = inject('demo')
  while (!existsSync(tellsIn(place))) await setTimeout(200)
  const { url, said } = JSON.parse(readFileSync(tellsIn(place), 'utf8')) as { url?: string; said?: readonly string[] }
  if (url === undefined) throw new Error(`The demo ended too early:\n${said?.join('\n')}`)
  return { url, password: secret, evidence: readEvidence(place) }
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
