import type { listUsers } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'

export type Person = Reply<typeof listUsers>['items'][number]

/** What can be done with an account beside changing what it may do. */
export type Deed = 'again' | 'disable' | 'enable'

export const deedNames: Readonly<Record<Deed, string>> = {
  again: 'Invite again',
  disable: 'Disable',
  enable: 'Enable',
}
