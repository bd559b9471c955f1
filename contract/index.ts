import * as auth from './auth.ts'
import { explainMatch, getVulnerability, listFeeds, listVulnerabilities } from './intelligence.ts'
import * as platform from './platform.ts'
import { explainDecision, listFindings, listFixes } from './risk.ts'
import { getSignerKeys, listSigningRequests } from './signing.ts'

/** Every endpoint there is, by name. */
export const endpoints = {
  ...auth,
  ...platform,
  listSigningRequests,
  getSignerKeys,
  listFeeds,
  listVulnerabilities,
  getVulnerability,
  explainMatch,
  listFindings,
  listFixes,
  explainDecision,
} as const

export type EndpointId = keyof typeof endpoints
