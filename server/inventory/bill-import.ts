import type { BillImportState } from '@suture/contract/states.ts'
import type { Machine } from '#platform/machine.ts'

/** How far an SBOM has come on its way to become a bill. */
export type BillImport = { readonly [S in BillImportState]: { readonly kind: S } }[BillImportState]

/** What moves it: whoever takes it in hand, the reader being busy, what came of reading, and the bill. */
export type BillImportNews =
  | { readonly kind: 'begin' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'read' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'finish' }

/** Whoever begins may be the next one after a crash: then the document is read again. An end is one for good. */
export const billImport: Machine<BillImport, BillImportNews> = {
  waiting: { begin: () => ({ kind: 'reading' }) },
  reading: {
    begin: () => ({ kind: 'reading' }),
    wait: () => ({ kind: 'waiting' }),
    read: () => ({ kind: 'storing' }),
    refuse: () => ({ kind: 'refused' }),
  },
  storing: { begin: () => ({ kind: 'reading' }), finish: () => ({ kind: 'done' }) },
  done: {},
  refused: {},
}
