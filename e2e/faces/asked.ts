import { listRoles, listTokens, listUsers, whoAmI } from '@suture/contract/auth.ts'
import type { Arguments, Reply } from '@suture/contract/client.ts'
import { getEvidence, getEvidencePack, listEvidence } from '@suture/contract/compliance.ts'
import {
  explainUpdate,
  getRollout,
  getRolloutPlan,
  listClusters,
  listJobs,
  listRollouts,
  previewRollout,
} from '@suture/contract/deployment.ts'
import { getDeviceAction, listDeviceActionDevices, listDeviceActions } from '@suture/contract/device-actions.ts'
import { listDeviceViews } from '@suture/contract/device-views.ts'
import { getDevice, listDevices, listDeviceValues } from '@suture/contract/devices.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { getVulnerability, listFeeds, listVulnerabilities } from '@suture/contract/intelligence.ts'
import { listModels, listSites } from '@suture/contract/inventory.ts'
import { getLabKey, getLabRun, listLabRuns } from '@suture/contract/lab.ts'
import { getDigest } from '@suture/contract/notices.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { getPlanDefaults, listProfiles } from '@suture/contract/profiles.ts'
import { getRelease, listReleases, listVendorKeys } from '@suture/contract/releases.ts'
import { getManagementReport } from '@suture/contract/report.ts'
import {
  getDecisionTable,
  listDeviceClocks,
  listFindingGroups,
  listFindings,
  listFixes,
} from '@suture/contract/risk.ts'
import { presetLimits, presetWaves } from '@suture/contract/rollout-presets.ts'
import { getSignerKeys, listSigningRequests } from '@suture/contract/signing.ts'
import { listDeliveries, listWebhooks } from '@suture/contract/webhooks.ts'

/** Asks as the console does; whoever gives it keeps what was answered. */
export type Ask = <E extends AnyEndpoint>(endpoint: E, given: Arguments<E>) => Promise<Reply<E>>

/** One thing of each kind that has a page of its own. */
export interface Things {
  readonly device: string
  readonly action: string
  readonly vulnerability: string
  readonly release: string
  readonly rollout: string
  readonly evidence: string
}

/** As many rows as a picture has room for. */
const limit = 20

/** What the pages ask that needs no thing: it has an answer where there is nothing yet as well. */
export async function askForLists(ask: Ask): Promise<void> {
  await ask(whoAmI, {})
  await ask(listRoles, {})
  await ask(listDevices, { query: { limit } })
  await ask(listDevices, { query: { q: 'state:quarantined', limit: 1 } })
  await ask(listDeviceValues, { query: { field: 'model', limit: 50 } })
  await ask(listDevices, { query: { q: '-model:*', limit: 1 } })
  await ask(listDeviceClocks, { query: { devices: '00000000-0000-7000-8000-000000000000' } })
  await ask(listFindings, { query: { limit } })
  await ask(listFindingGroups, { query: { limit: 200 } })
  await ask(listFixes, { query: { limit: 200, state: 'published' } })
  await ask(listFixes, { query: { limit: 200, state: 'any' } })
  await ask(listRollouts, { query: { limit } })
  await ask(listRollouts, { query: { state: 'awaiting-approval', limit: 100 } })
  await ask(listJobs, { query: { limit } })
  await ask(listJobs, { query: { state: 'disputed', limit } })
  await ask(listReleases, { query: { limit } })
  await ask(listReleases, { query: { limit: 500, state: 'published' } })
  await ask(listVulnerabilities, { query: { limit } })
  for (const endpoint of [listFeeds, listSites, listModels, listEvidence, listUsers, listTokens] as const)
    await ask(endpoint, { query: { limit } })
  for (const endpoint of [listEvents, listVendorKeys, listSigningRequests, listDeviceActions, listLabRuns] as const)
    await ask(endpoint, { query: { limit } })
  for (const endpoint of [listDeviceViews, getDecisionTable, getSignerKeys, getLabKey, getDigest] as const)
    await ask(endpoint, {})
  for (const endpoint of [listWebhooks, listProfiles, getPlanDefaults] as const) await ask(endpoint, {})
  await ask(listDeliveries, { query: { limit } })
  await ask(getManagementReport, { query: { days: 30 } })
}

/** What the pages of single things ask. */
export async function askForThings(ask: Ask): Promise<Things> {
  const device = await ofDevice(ask)
  const vulnerability = first((await ask(listVulnerabilities, { query: { limit } })).items).id
  await ask(getVulnerability, { params: { id: vulnerability } })
  const release = await ofRelease(ask)
  const rollout = await ofRollouts(ask)
  const evidence = first((await ask(listEvidence, { query: { limit } })).items).id
  await ask(getEvidence, { params: { id: evidence } })
  await ask(getEvidencePack, { params: { id: evidence } })
  const action = first((await ask(listDeviceActions, { query: { limit } })).items).id
  await ask(getDeviceAction, { params: { id: action } })
  await ask(listDeviceActionDevices, { params: { id: action }, query: { limit } })
  return { device, action, vulnerability, release, rollout, evidence }
}

/** The first of what must be there. */
function first<T>(items: readonly T[]): T {
  const [found] = items
  if (found === undefined) throw new Error('There is nothing of a kind that has a page')
  return found
}

async function ofDevice(ask: Ask): Promise<string> {
  const listed = (await ask(listDevices, { query: { limit } })).items
  await ask(listDeviceClocks, { query: { devices: listed.map(({ id }) => id).join() } })
  const jobs = (await ask(listJobs, { query: { limit: 500 } })).items
  const open = (await ask(listFindings, { query: { limit: 500 } })).items
  // One with something in every part of its page.
  const id = first(jobs.filter(({ device }) => open.some((finding) => finding.device.id === device))).device
  await ask(getDevice, { params: { id } })
  await ask(explainUpdate, { params: { id } })
  await ask(listFindings, { query: { device: id, limit } })
  await ask(listJobs, { query: { device: id, limit } })
  return id
}

async function ofRelease(ask: Ask): Promise<string> {
  const release = first((await ask(listReleases, { query: { limit: 500, state: 'published' } })).items)
  await ask(getRelease, { params: { id: release.id } })
  await ask(listFixes, { query: { state: 'any', release: release.id } })
  await ask(listEvents, { query: { subject: release.id, limit } })
  await ask(listRollouts, { query: { release: release.id, limit } })
  const runs = await ask(listLabRuns, { query: { release: release.id, limit } })
  for (const { id } of runs.items) await ask(getLabRun, { params: { id } })
  const limits = { ...presetLimits('usual'), revisions: [] }
  const notBefore = new Date().toISOString()
  const notAfter = new Date(Date.now() + 864e5).toISOString()
  const plan = { name: 'Plan', release: release.id, audience: {}, waves: [...presetWaves('usual')], limits }
  await ask(previewRollout, { body: { ...plan, notBefore, notAfter } })
  return release.id
}

/** The lists show how each rollout fares, so all of them are asked about. */
async function ofRollouts(ask: Ask): Promise<string> {
  const rollouts = (await ask(listRollouts, { query: { limit } })).items
  for (const { id, release } of rollouts) {
    await ask(getRollout, { params: { id } })
    await ask(getRolloutPlan, { params: { id } })
    await ask(listClusters, { params: { id } })
    await ask(listJobs, { query: { rollout: id, limit: 500 } })
    for (const run of (await ask(listLabRuns, { query: { release, limit } })).items)
      await ask(getLabRun, { params: { id: run.id } })
  }
  return first(rollouts).id
}
