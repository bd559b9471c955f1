import { z } from 'zod'
import { runSandboxed } from '#platform/sandbox/run.ts'
import { bad, type Finding, ok } from './finding.ts'

const mebibyte = 1024 * 1024
const limits = { inputBytes: 1024, outputBytes: mebibyte, milliseconds: 20_000, memoryBytes: 512 * mebibyte }

/** Whether each reader of untrusted bytes starts in its sandbox here, and refuses a byte that means nothing. */
export async function sandbox(entries: readonly URL[]): Promise<Finding> {
  for (const entry of entries) {
    const tried = await runSandboxed({ entry, reply: z.unknown() }, { bytes: Buffer.from('?') }, limits).catch(
      (error: Error) => error,
    )
    if (tried instanceof Error)
      return bad('sandbox', `a reader of untrusted bytes does not start, so nothing is taken in: ${tried.message}`)
    if (!tried.ok && tried.refused !== 'unreadable')
      return bad('sandbox', `a reader of untrusted bytes cannot work here: ${tried.detail}`)
  }
  return ok(
    'sandbox',
    `the ${entries.length} readers of untrusted bytes start, each in a process that can do nothing else`,
  )
}
