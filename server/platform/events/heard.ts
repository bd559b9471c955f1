import type { TenantId } from '#platform/id.ts'

/** What a reader needs to know of an event to tell whom it is about. */
export interface Told {
  readonly kind: string
  readonly subject: string
  /** The uid of the device that the detail names. */
  readonly device: string | null
}

type Listener = (tenant: TenantId, events: readonly Told[]) => void

const listeners = new Set<Listener>()

/**
 * Tells a listener of events as soon as this process has committed them; what other processes commit it must look for
 * itself (`committedSince`).
 * @returns ends it
 */
export function listen(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Tells whoever listens in this process. */
export function hear(tenant: TenantId, events: readonly Told[]): void {
  for (const listener of listeners) listener(tenant, events)
}
