import type { RefusalText } from './text.ts'

export const blobRefusals = {
  'blob/too-large': {
    status: 413,
    says: 'The file is larger than it may be here',
    remedy: 'Send a smaller one; the limit is in `limitBytes`',
  },
  'blob/other-digest': {
    status: 422,
    says: 'The bytes that arrived are not those that were announced',
    remedy: 'Send them again; `expected` and `received` hold both SHA-256 digests',
  },
} as const satisfies Record<`blob/${string}`, RefusalText>
