import type { BillImportState } from '@suture/contract/states.ts'
import type { Machine } from '#platform/machine.ts'

/** How far an SBOM has come on its way to become a bill. */
export type BillImport = { readonly [S in BillImportState]: { readonly kind: S } }[BillImportState]

/** What moves it: whoever takes it in hand, what is not to blame on the document, what came of reading, the bill, and one failure too many. */
export type BillImportNews =
  | { readonly kind: 'begin' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'read' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'give-up' }

const giveUp = () => ({ kind: 'given-up' }) as const

/** Whoever begins may be the next one after a crash: then the document is read again. An end is one for good. */
export const billImport: Machine<BillImport, BillImportNews> = {
  waiting: { begin: () => ({ kind: 'reading' }), 'give-up': giveUp },
  reading: {
    begin: () => ({ kind: 'reading' }),
    wait: () => ({ kind: 'waiting' }),
    read: () => ({ kind: 'storing' }),
    refuse: () => ({ kind: 'refused' }),
    'give-up': giveUp,
  },
  storing: {
    begin: () => ({ kind: 'reading' }),
    wait: () => ({ kind: 'waiting' }),
    finish: () => ({ kind: 'done' }),
    'give-up': giveUp,
  },
  done: {},
  refused: {},
  'given-up': {},
}
