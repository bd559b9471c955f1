import type { CheckName, PassedCheck } from '@suture/trust/pack-checks.ts'
import type { KeyPurpose } from '@suture/trust/signer-keys-file.ts'

export { type CheckName, checkNames, type PassedCheck } from '@suture/trust/pack-checks.ts'

/** What the worker is given: the bytes of both files, as they are. */
export interface Order {
  /** Stands in everything that is said of it. */
  readonly no: number
  readonly pack: Uint8Array
  readonly keys: Uint8Array
}

/** A key that the pack was verified against. */
export interface UsedKey {
  readonly purpose: KeyPurpose
  readonly keyId: string
}

/** What the worker says, as soon as it knows. */
export type News =
  | { readonly says: 'cannot' }
  | { readonly says: 'no-keys'; readonly why: string }
  | { readonly says: 'keys'; readonly keys: readonly UsedKey[] }
  | { readonly says: 'passed'; readonly check: PassedCheck }
  | { readonly says: 'failed'; readonly check: CheckName; readonly why: string }
  | { readonly says: 'verified'; readonly devices: number }
