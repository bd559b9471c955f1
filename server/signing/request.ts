import type { SigningRefusal, signingStates } from '@suture/contract/signing.ts'
import type { Machine } from '#platform/machine.ts'

/** How far a request for a signature has come; what was refused is asked for again as a new request. */
export type RequestState =
  | { readonly kind: Extract<(typeof signingStates)[number], 'requested'> }
  | { readonly kind: Extract<(typeof signingStates)[number], 'signed'>; readonly at: Date }
  | {
      readonly kind: Extract<(typeof signingStates)[number], 'refused'>
      readonly at: Date
      readonly refusal: SigningRefusal
      readonly detail: string
    }

/** What the signer decides about a request. */
export type Decision =
  | { readonly kind: 'sign'; readonly at: Date }
  | { readonly kind: 'refuse'; readonly at: Date; readonly refusal: SigningRefusal; readonly detail: string }

export const signingRequest: Machine<RequestState, Decision> = {
  requested: {
    sign: (_, { at }) => ({ kind: 'signed', at }),
    refuse: (_, { at, refusal, detail }) => ({ kind: 'refused', at, refusal, detail }),
  },
  signed: {},
  refused: {},
}
