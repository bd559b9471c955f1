import * as auth from './auth.ts'
import * as inventory from './inventory.ts'
import * as platform from './platform.ts'
import { getSignerKeys, listSigningRequests } from './signing.ts'

/** Every endpoint there is, by name. */
export const endpoints = { ...auth, ...platform, ...inventory, listSigningRequests, getSignerKeys } as const

export type EndpointId = keyof typeof endpoints
