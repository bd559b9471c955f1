import type { Config } from '#platform/config.ts'
import { backup } from './backup.ts'
import { database } from './database.ts'
import type { Finding } from './finding.ts'
import { answering, listening } from './listening.ts'
import { clock, disk, home, openFiles, runtime } from './machine.ts'
import { sandbox } from './sandbox.ts'
import { heartbeatOf, signer } from './signer.ts'

export type { Finding } from './finding.ts'

/** What is to be examined beside this machine’s settings. */
export interface Examination {
  /** What reads untrusted bytes. */
  readonly readers: readonly URL[]
  /** A server to ask in place of the one that these settings start. */
  readonly url?: string | undefined
  /** Only these parts; everything otherwise. */
  readonly only?: readonly Part[] | undefined
}

/** The parts of an examination, in the order in which they are told. */
const parts = ['machine', 'database', 'signer', 'sandbox', 'backup', 'address', 'server'] as const
export type Part = (typeof parts)[number]

/** Looks at versions, and at whatever deviates from safe defaults; changes nothing. */
export async function examine(config: Config, { readers, url, only = parts }: Examination): Promise<Finding[]> {
  const now = new Date()
  const wants = (part: Part) => only.includes(part)
  const stored = wants('database') || wants('machine') ? await database(config) : { findings: [] }
  const told: Readonly<Record<Part, () => Promise<readonly Finding[]>>> = {
    machine: async () => [
      runtime(),
      await home(config),
      await disk(config),
      ...openFiles(),
      clock(now, { heartbeat: heartbeatOf(config), databaseAheadMs: stored.aheadMs }),
    ],
    database: async () => stored.findings,
    signer: async () => signer(config),
    sandbox: async () => [await sandbox(readers)],
    backup: async () => [await backup(config)],
    address: async () => listening(config, now),
    server: async () => [await answering(config, url)],
  }
  const findings: Finding[] = []
  for (const part of parts) if (wants(part)) findings.push(...(await told[part]()))
  return findings
}
