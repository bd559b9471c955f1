import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Behaviour, Protocol } from './fleet.ts'

/** What a device says when it is asked who it is. */
export interface Identity {
  readonly manufacturer: string
  readonly model: string
  readonly serial: string
  readonly hardwareRevision: string
  readonly bootloader: string
  readonly firmware: string
}

/** What became true of one device, whatever it says about itself. */
export type Fact =
  | {
      readonly event: 'started'
      readonly identity: Identity
      readonly behaviour: Behaviour
      readonly protocol: Protocol
      readonly identityPort: number
    }
  | { readonly event: 'offered' | 'downloading' | 'installing' | 'silent' | 'cancelled'; readonly actionId: string }
  | {
      readonly event: 'downloaded'
      readonly actionId: string
      readonly sha256: string
      readonly length: number
      /** How often it went on after a break. */
      readonly resumed: number
    }
  /** The version that it really runs now. */
  | { readonly event: 'installed' | 'bricked' | 'rolled-back'; readonly actionId: string; readonly version: string }
  /** It still runs this one. */
  | { readonly event: 'kept'; readonly actionId: string; readonly version: string; readonly why: string }
  /** The server acknowledged a feedback. */
  | {
      readonly event: 'reported'
      readonly actionId: string
      readonly on: 'deploymentBase' | 'cancelAction'
      readonly execution: string
      readonly finished: string
      readonly details: readonly string[]
    }
  /** It was offered another action while it was in the middle of this one, and had not said how that ended. */
  | { readonly event: 'offered-beside'; readonly actionId: string; readonly other: string }
  /** It was offered an action again whose end it had told and the server had acknowledged. */
  | { readonly event: 'offered-again'; readonly actionId: string }
  /** Its identity was read, and it told this version. */
  | { readonly event: 'observed'; readonly by: Protocol; readonly firmware: string }
  /** The server answered with another status than 2xx; on polls only when the status is not the one before. */
  | { readonly event: 'feedback-status'; readonly status: number; readonly on: string; readonly actionId?: string }

/** The ground truth of a simulation as a file of JSON lines. */
export interface Truth {
  /** Resolves once the line is written: readers find it, and a slow disk slows the devices and fills no memory. */
  tell(controllerId: string, fact: Fact): Promise<void>
  /** Writes the last line and hands everything to the disk. */
  end(): Promise<void>
  /** Rejects when the file cannot be written. */
  readonly failed: Promise<never>
}

/** Begins a file of facts; what was in it is gone. */
export async function openTruth(path: string): Promise<Truth> {
  const stream = createWriteStream(path, { flush: true })
  await once(stream, 'open')
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => undefined)
  const write = (fact: object) =>
    new Promise<void>((resolve, reject) => {
      const line = `${JSON.stringify({ at: new Date().toISOString(), ...fact })}\n`
      stream.write(line, (cause) => (cause ? reject(cause) : resolve()))
    })
  return {
    failed,
    tell: async (controllerId, fact) => {
      if (!stream.writableEnded) await write({ controllerId, ...fact })
    },
    end: async () => {
      await write({ event: 'end' })
      stream.end()
      await Promise.race([once(stream, 'close'), failed])
    },
  }
}
