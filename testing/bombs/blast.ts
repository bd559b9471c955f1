import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { sbomBytes } from '@suture/contract/limits.ts'
import { facts, factsLimits } from '@suture/server/intelligence/feeds/read.operations.ts'
import { cycloneDx, limitsOf } from '@suture/server/inventory/sbom/sbom.operations.ts'
import { runSandboxed } from '@suture/server/platform/sandbox/run.ts'
import type { Limits, Outcome, Work } from '@suture/server/platform/sandbox/work.ts'
import { signatureLimits, verifyArtifact } from '@suture/server/releases/signature/signature.operations.ts'
import type { Verification } from '@suture/server/releases/signature/signature.ts'
import type { Bomb, Reader } from './corpus.ts'
import { make } from './make.ts'

/** The product’s own readers, with the limits that it gives them. */
const readers: Readonly<Record<Reader, { readonly work: Work<unknown>; readonly limits: Limits }>> = {
  sbom: { work: cycloneDx, limits: limitsOf(sbomBytes) },
  facts: { work: facts, limits: factsLimits },
  signature: { work: verifyArtifact, limits: signatureLimits },
}

/** What one bomb cost, and how it ended. */
export interface Blast {
  readonly end: string
  readonly milliseconds: number
  /** The most resident memory of any child, in bytes. */
  readonly peakBytes: number
  /** What children wrote to a disk, in bytes. */
  readonly writtenBytes: number
  /** The longest that somebody else waited for an answer of the server meanwhile, in milliseconds; 0 if nobody asked. */
  readonly slowestMs: number
}

/** The processes that this one started and that have not ended (Linux). */
export const children = (): number[] =>
  readdirSync('/proc/self/task').flatMap((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      return []
    }
  })

const figure = (pid: number, file: 'status' | 'io', line: RegExp): number => {
  try {
    return Number(line.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Watches the children that were not there before, until it is told to stop. */
function watchChildren(before: ReadonlySet<number>) {
  const most = { peakBytes: 0, writtenBytes: 0 }
  const timer = setInterval(() => {
    for (const pid of children().filter((each) => !before.has(each))) {
      most.peakBytes = Math.max(most.peakBytes, figure(pid, 'status', /^VmHWM:\s+(\d+)/m) * 1024)
      most.writtenBytes = Math.max(most.writtenBytes, figure(pid, 'io', /^write_bytes: (\d+)/m))
    }
  }, 10)
  return () => {
    clearInterval(timer)
    return most
  }
}

/** Asks the server again and again, as a device that polls does; the longest wait for an answer. */
async function askMeanwhile(poll: () => Promise<unknown>, stopped: AbortSignal): Promise<number> {
  let slowest = 0
  while (!stopped.aborted) {
    const began = performance.now()
    await poll()
    slowest = Math.max(slowest, performance.now() - began)
    await after(10)
  }
  return slowest
}

const endOf = (outcome: Outcome<unknown>): string => {
  if (!outcome.ok) return outcome.refused
  return (outcome.value as Partial<Verification> | null)?.verified === false ? 'not-verified' : 'read'
}

/**
 * Gives a bomb to its reader, and watches what happens.
 * @param folder where the bytes may be put when the reader takes a file
 * @param poll asks the server something, and fails when the answer is not what it should be
 */
export async function blast(bomb: Bomb, folder: string, poll?: () => Promise<unknown>): Promise<Blast> {
  const { work, limits } = readers[bomb.to]
  const path = join(folder, 'artifact')
  const inFile = bomb.to !== 'facts'
  const bytes = await make(bomb, inFile ? path : undefined)
  const input = inFile ? { path } : { bytes }
  const stop = watchChildren(new Set(children()))
  const done = new AbortController()
  const asking = poll ? askMeanwhile(poll, done.signal) : Promise.resolve(0)
  const began = performance.now()
  const outcome = await runSandboxed(work, { ...input, given: bomb.given }, limits).catch((error: Error) => error)
  const milliseconds = performance.now() - began
  done.abort()
  const end = outcome instanceof Error ? `a fault: ${outcome.message}` : endOf(outcome)
  return { end, milliseconds, ...stop(), slowestMs: await asking }
}

/**
 * What a child may take beyond its limits before it is ended: the watch looks every 20 ms, and a machine may be busy. What
 * it may not write at all is counted in whole pages, together with what the kernel writes for it.
 */
const slack = { milliseconds: 3_000, memoryBytes: 128 * 1024 * 1024, writtenBytes: 64 * 1024 }

/** In what a blast went beyond what it may; empty when it did not. */
export function excess(bomb: Bomb, was: Blast, mostWaitMs: number): readonly string[] {
  const { limits } = readers[bomb.to]
  return [
    ...(was.end === bomb.end ? [] : [`ended with ${was.end} and not with ${bomb.end}`]),
    ...(was.milliseconds <= limits.milliseconds + slack.milliseconds
      ? []
      : [`took ${Math.round(was.milliseconds)} ms`]),
    ...(was.peakBytes <= limits.memoryBytes + slack.memoryBytes ? [] : [`took ${was.peakBytes} bytes of memory`]),
    ...(was.writtenBytes <= slack.writtenBytes ? [] : [`wrote ${was.writtenBytes} bytes`]),
    ...(was.slowestMs <= mostWaitMs ? [] : [`made somebody else wait for ${Math.round(was.slowestMs)} ms`]),
  ]
}
