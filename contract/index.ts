import * as platform from './platform.ts'

/** Every endpoint there is, by name. */
export const endpoints = { ...platform } as const

export type EndpointId = keyof typeof endpoints
