import type { Clock } from '#platform/clock.ts'
import type { Observer } from '../adapters/port.ts'

/** What deployment needs from outside. */
export interface DeploymentParts {
  readonly clock: Clock
  /** The signer's public.json, or a copy of it: what runs is verified with it. */
  readonly signerKeys: string
  /** How often devices are told to poll, in seconds. */
  readonly pollSeconds: number
  /** Who reads a device's identity, by protocol. */
  readonly observers: Readonly<Record<'http' | 'coap', Observer>>
}
