import { whoAmI } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { createContext, use } from 'react'
import { question } from './ask.ts'

export type Caller = Reply<typeof whoAmI>

/** Who looks, as the server knows them. */
export const session = question(whoAmI, {}, { about: 'session' })

export const CallerContext = createContext<Caller | undefined>(undefined)

export function useCaller(): Caller {
  const caller = use(CallerContext)
  if (!caller) throw new Error('Only what is shown to somebody who is signed in asks who that is')
  return caller
}

/** Whether whoever looks may do this; the server decides again when they try. */
export const useMay = (permission: Permission): boolean => useCaller().permissions.includes(permission)
