import type { Machine } from '#platform/machine.ts'

/** One event on its way to one webhook. */
export type Delivery =
  | { readonly kind: 'pending'; readonly dueAt: Date }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'dead' }

export type DeliveryEvent =
  | { readonly kind: 'accepted' }
  /** @param next when it is tried again, if it is */
  | { readonly kind: 'failed'; readonly next: Date | undefined }
  | { readonly kind: 'replayed'; readonly at: Date }

const again = (_: Delivery, { at }: DeliveryEvent & { kind: 'replayed' }): Delivery => ({ kind: 'pending', dueAt: at })

/** What becomes of a delivery; one that is over goes out again only when a person says so. */
export const delivery: Machine<Delivery, DeliveryEvent> = {
  pending: {
    accepted: () => ({ kind: 'delivered' }),
    failed: (_, { next }) => (next ? { kind: 'pending', dueAt: next } : { kind: 'dead' }),
  },
  delivered: { replayed: again },
  dead: { replayed: again },
}
