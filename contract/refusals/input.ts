import type { RefusalText } from './text.ts'

export const inputRefusals = {
  'input/too-large': {
    status: 413,
    says: 'The document or file is larger, or holds more, than this server reads',
    remedy: 'Send a smaller one, or have an admin raise the setting that limits it; `suture config` lists them',
  },
  'input/too-slow': {
    status: 422,
    says: 'Reading the document or file took longer than it may',
    remedy: 'Send a smaller or simpler one',
  },
  'input/too-much-memory': {
    status: 422,
    says: 'Reading the document or file took more memory than it may',
    remedy: 'Send a smaller or simpler one',
  },
  'input/too-deep': {
    status: 422,
    says: 'The document is nested deeper than 64 levels',
    remedy: 'Send a flatter document',
  },
  'input/unreadable': {
    status: 422,
    says: 'The document or file does not have the form that it should have',
    remedy: 'Mend what `detail` names; it may have been cut short on its way',
  },
} as const satisfies Record<`input/${string}`, RefusalText>
