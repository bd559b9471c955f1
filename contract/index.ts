import * as auth from './auth.ts'
import { followChanges } from './changes.ts'
import * as compliance from './compliance.ts'
import * as deployment from './deployment.ts'
import { explainMatch, getVulnerability, listFeeds, listVulnerabilities } from './intelligence.ts'
import * as inventory from './inventory.ts'
import * as lab from './lab.ts'
import { getDigest, setDigest } from './notices.ts'
import * as platform from './platform.ts'
import { changePlanDefaults, chooseProfile, getPlanDefaults, listProfiles } from './profiles.ts'
import * as releases from './releases.ts'
import { getManagementReport } from './report.ts'
import {
  explainDecision,
  getDecisionTable,
  listDeviceClocks,
  listFindingGroups,
  listFindings,
  listFixes,
} from './risk.ts'
import { getSignerKeys, listSigningRequests } from './signing.ts'
import {
  changeWebhook,
  createWebhook,
  getWebhook,
  listDeliveries,
  listWebhooks,
  removeWebhook,
  replayDeliveries,
  rotateWebhookSecret,
  testWebhook,
} from './webhooks.ts'

/** Every endpoint there is, by name. */
export const endpoints = {
  ...auth,
  ...platform,
  followChanges,
  listFeeds,
  listVulnerabilities,
  getVulnerability,
  explainMatch,
  listFindings,
  listDeviceClocks,
  listFindingGroups,
  getDecisionTable,
  listFixes,
  explainDecision,
  ...inventory,
  ...deployment,
  listProfiles,
  getPlanDefaults,
  chooseProfile,
  changePlanDefaults,
  ...compliance,
  getManagementReport,
  ...releases,
  ...lab,
  listSigningRequests,
  getSignerKeys,
  getDigest,
  setDigest,
  listWebhooks,
  getWebhook,
  createWebhook,
  changeWebhook,
  removeWebhook,
  rotateWebhookSecret,
  testWebhook,
  listDeliveries,
  replayDeliveries,
} as const

export type EndpointId = keyof typeof endpoints
