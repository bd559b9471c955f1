import { readFileSync } from 'node:fs'

/** What whoever ran the world did to it: the other half of the ground truth. */
export interface World {
  readonly tenant: string
  readonly rollout: string
  readonly vulnerability: string
  /** Firmware versions of the one model that really have the vulnerability. */
  readonly vulnerable: readonly string[]
  readonly wanted: string
  /** Serials of the devices that the plan is for. */
  readonly audience: readonly string[]
  /** Who really approved, and when. */
  readonly approvals: readonly { readonly person: string; readonly at: string }[]
  /** The cell that nobody knew to be bad, and how many of it may come to harm. */
  readonly badCell: {
    readonly hardwareRevision: string
    readonly bootloaders: readonly string[]
    readonly most: number
  }
}

export const readWorld = (path: string): World => JSON.parse(readFileSync(path, 'utf8')) as World
