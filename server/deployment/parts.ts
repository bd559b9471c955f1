import type { Clock } from '#platform/clock.ts'
import type { Observer } from '../adapters/port.ts'
import type { DeviceFieldsSql } from '../inventory/index.ts'

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

/** What making a plan needs besides: what the fields of a device mean, by which its audience may be asked for. */
export interface PlanParts extends DeploymentParts {
  readonly fields: DeviceFieldsSql
}
