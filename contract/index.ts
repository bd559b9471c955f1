import * as platform from './platform.ts'
import { getSignerKeys, listSigningRequests } from './signing.ts'

/** Every endpoint there is, by name. */
export const endpoints = { ...platform, listSigningRequests, getSignerKeys } as const

export type EndpointId = keyof typeof endpoints
