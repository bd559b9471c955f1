import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Pool } from './database.ts'

/** What a figure was measured on; without it a figure says nothing. */
export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly postgresql: string
  readonly date: string
}

export async function machineWith(pool: Pool): Promise<Machine> {
  const { rows } = await pool.query<{ version: string }>(`select current_setting('server_version') as version`)
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    postgresql: rows[0]?.version ?? 'unknown',
    date: new Date().toISOString().slice(0, 10),
  }
}
