import type { RefusalText } from './text.ts'

export const signingRefusals = {
  'signing/no-signer': {
    status: 503,
    says: 'The signer has never run in this home, so there are no keys to verify its statements with',
    remedy: 'Start the signer; when it runs elsewhere, copy its public.json to `signer/public.json` in SUTURE_HOME',
  },
} as const satisfies Record<`signing/${string}`, RefusalText>
