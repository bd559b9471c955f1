import { ProblemError, type Reply } from '@suture/contract/client.ts'
import { type Faults, type Listed, refusedRows } from '@suture/contract/device-file.ts'
import { mostRows } from '@suture/contract/device-row.ts'
import { importDevices } from '@suture/contract/devices.ts'
import { ask } from '../../shell/ask.ts'

type Counts = Pick<Reply<typeof importDevices>, 'created' | 'changed' | 'unchanged'>

/** A file as it was read and tried: what it would do, or why nothing of it can be done. */
export type Tried = { readonly listed: readonly Listed[]; readonly counts: Counts } | { readonly faults: Faults }

const send = (listed: readonly Listed[], dryRun: boolean) =>
  ask(importDevices, { body: { devices: listed.map(({ row }) => row), dryRun } })

/** Reads a file here and has the server say what it would change; nothing is imported. */
export async function tryFile(file: File): Promise<Tried> {
  // Whoever imports nothing does not load what reads CSV.
  const { devicesOf } = await import('./read-file.ts')
  const read = await devicesOf(file)
  if ('faults' in read) return read
  const { listed } = read
  if (listed.length > mostRows)
    return {
      faults: [`it lists more than ${mostRows} devices: suture device import brings them in one lot after the other`],
    }
  try {
    return { listed, counts: await send(listed, true) }
  } catch (error) {
    const faults = error instanceof ProblemError ? refusedRows(error.problem, listed) : undefined
    if (!faults) throw error
    return { faults }
  }
}

export const importListed = (listed: readonly Listed[]): Promise<Counts> => send(listed, false)
