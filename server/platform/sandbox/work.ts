import type { z } from 'zod'

/**
 * One way to read untrusted bytes. Its entry is a module that exports `read`, a function of those bytes; it is loaded
 * in the child process and never here, and what it answers is believed only after `reply` has looked at it.
 */
export interface Work<T> {
  readonly entry: URL
  readonly reply: z.ZodType<T>
  /** Given for JSON: how deep it may nest, looked at before it is parsed. */
  readonly jsonDepth?: number
}

/** What an entry exports as `read`; `given` is what the server itself adds to the bytes. */
export type Read<Given = undefined> = (bytes: Buffer, given: Given) => unknown

/** The bytes to read, in memory or as a file that nobody changes meanwhile, and what goes along with them as JSON. */
export type Input = ({ readonly bytes: Uint8Array } | { readonly path: string }) & { readonly given?: unknown }

/** What one reading may cost. */
export interface Limits {
  readonly inputBytes: number
  readonly outputBytes: number
  /** From the start of the process to its answer. */
  readonly milliseconds: number
  /** Resident memory of the whole process, Node’s own 50 MiB included. */
  readonly memoryBytes: number
}

/** Why bytes were not read. */
export const reasons = ['too-large', 'too-slow', 'too-much-memory', 'too-deep', 'unreadable'] as const

export type Reason = (typeof reasons)[number]

/** What came of a reading; `detail` is one sentence for people, with nothing of ours in it. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refused: Reason; readonly detail: string }
