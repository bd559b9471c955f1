/** The child process: reads one input with the code that the order names, answers, and ends. */
import { readSync, writeSync } from 'node:fs'
import { nestsDeeperThan } from '@suture/trust/json-depth.ts'
import { putUpFence } from './fence.ts'
import { answerDescriptor, inShort, type Order, orderVariable, readyMark } from './protocol.ts'
import type { Read, Reason } from './work.ts'

/** Writes everything; the pipe may take less at a time. */
function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(answerDescriptor, bytes, at)
}

/** Exactly as many bytes as were promised. */
function readInput(length: number): Buffer {
  const input = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; ) {
    const count = readSync(0, input, at, length - at, null)
    if (count === 0) throw new Error('The input ended early')
    at += count
  }
  return input
}

const refuse = (refused: Reason, detail: string): void => write(Buffer.from(JSON.stringify({ refused, detail })))

/** Whether memory ran out, as V8, Node and the kernel’s limit tell it. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === 'ERR_MEMORY_ALLOCATION_FAILED' ||
    /array buffer allocation failed|invalid string length/i.test(error.message))

const messageOf = (error: unknown): string => inShort(error instanceof Error ? error.message : String(error))

// By its name: an entry is a program of its own and brings a class of its own.
const isTooLarge = (error: unknown): boolean => error instanceof Error && error.name === 'TooLarge'

async function answer(read: Read<unknown>, order: Order): Promise<void> {
  const input = readInput(order.inputBytes)
  if (order.jsonDepth !== undefined && nestsDeeperThan(input, order.jsonDepth))
    return refuse('too-deep', `The document nests deeper than ${order.jsonDepth} levels`)
  try {
    const text = JSON.stringify({ value: await read(input, order.given) })
    const bytes = Buffer.from(text)
    if (bytes.length > order.outputBytes)
      refuse('too-large', `What was read takes more than ${order.outputBytes} bytes`)
    else write(bytes)
  } catch (error) {
    if (isOutOfMemory(error)) refuse('too-much-memory', 'Memory ran out')
    else refuse(isTooLarge(error) ? 'too-large' : 'unreadable', messageOf(error))
  }
}

const order = JSON.parse(process.env[orderVariable] ?? '') as Order
// Of the two, only the entry is chosen by the server’s code; it never comes from the input.
putUpFence()
// The server ends what takes too long; this is for a server that is gone. What turns for ever is ended by the kernel.
setTimeout(() => process.exit(1), order.milliseconds * 2).unref()
const { read } = (await import(order.entry)) as { read: Read<unknown> }
write(Uint8Array.of(readyMark))
await answer(read, order)
