import { Text } from '@suture/contract/text.ts'
import { z } from 'zod'
import type { Identity, Observation } from '../port.ts'

/** The longest answer that is read, in bytes. */
export const longestAnswer = 4096

// Separators of lines, and what turns the direction of writing, forge what people read.
const field = Text.min(1)
  .max(128)
  .regex(/^[^\p{Cf}\p{Zl}\p{Zp}]*$/u)
  .exactOptional()

const Told = z
  .object({
    manufacturer: field,
    model: field,
    serial: field,
    hardwareRevision: field,
    bootloader: field,
    firmware: field,
  })
  .refine((identity) => Object.keys(identity).length > 0)

/** An answer that is not the one asked for. */
export const unreadable = (detail: string): Observation => ({ answered: false, why: 'unreadable', detail })

/** Reads the JSON that a device answered with; fields that are not known are ignored, and nothing of it is quoted. */
export function readIdentity(bytes: Uint8Array): Observation {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return unreadable('the answer is no JSON')
  }
  const identity: Identity | undefined = Told.safeParse(value).data
  return identity ? { answered: true, identity } : unreadable('the answer is not an identity')
}
