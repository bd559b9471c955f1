import type { ReleaseState } from '@suture/contract/states.ts'
import type { Machine } from '#platform/machine.ts'

/** How far a release has come; its targets and artifacts never change. */
export type ReleaseLife = { readonly [S in ReleaseState]: { readonly kind: S } }[ReleaseState]

/** What happens to a release: the lab's verdicts, the signer's statement, and what publishers decide. */
export type ReleaseNews =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'publish' }
  | { readonly kind: 'deprecate' }
  | { readonly kind: 'withdraw' }

/** A later test that fails takes an unpublished release back; what is published is for people to withdraw. */
export const release: Machine<ReleaseLife, ReleaseNews> = {
  draft: { pass: () => ({ kind: 'lab-passed' }), fail: (state) => state },
  'lab-passed': {
    pass: (state) => state,
    fail: () => ({ kind: 'draft' }),
    publish: () => ({ kind: 'published' }),
  },
  published: {
    pass: (state) => state,
    fail: (state) => state,
    deprecate: () => ({ kind: 'deprecated' }),
    withdraw: () => ({ kind: 'withdrawn' }),
  },
  deprecated: { pass: (state) => state, fail: (state) => state, withdraw: () => ({ kind: 'withdrawn' }) },
  withdrawn: { pass: (state) => state, fail: (state) => state },
}
