import { revisionText } from '@suture/contract/cautions.ts'
import type { Reply } from '@suture/contract/client.ts'
import type * as contract from '@suture/contract/deployment.ts'
import { excludedBecause, warningTexts } from '@suture/contract/plan-words.ts'
import { jobReasonText, reasonText } from '@suture/contract/reasons.ts'
import type { RolloutPlan } from '@suture/trust/statements.ts'
import type { Column } from '../output.ts'
import { cautionTexts, includingText } from './rollout-cautions.ts'

export type Rollout = Reply<typeof contract.getRollout>
type Wave = Rollout['waves'][number]
type Listed = Reply<typeof contract.listRollouts>['items'][number]
type Job = Reply<typeof contract.listJobs>['items'][number]
type Preview = Reply<typeof contract.previewRollout>

export const rolloutColumns: readonly Column<Listed>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
  { head: 'Created', cell: ({ createdAt }) => createdAt.toISOString() },
  { head: 'Why', cell: ({ why }) => reasonText(why) },
  { head: 'Id', cell: ({ id }) => id },
]

export const jobColumns: readonly Column<Job>[] = [
  { head: 'Device', cell: ({ deviceName }) => deviceName },
  {
    head: 'Model',
    cell: ({ manufacturer, model, hardwareRevision }) => `${manufacturer} ${model} ${hardwareRevision}`,
  },
  { head: 'Wave', cell: ({ wave }) => String(wave) },
  { head: 'Try', cell: ({ attempt }) => String(attempt) },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Assurance', cell: ({ assurance }) => assurance ?? '' },
  { head: 'Before', cell: ({ versionBefore }) => versionBefore },
  { head: 'After', cell: ({ versionAfter }) => versionAfter ?? '' },
  { head: 'Why', cell: ({ class: reason }) => jobReasonText(reason) },
]

export const stratumColumns: readonly Column<Preview['strata'][number]>[] = [
  { head: 'Model', cell: ({ manufacturer, model }) => `${manufacturer} ${model}` },
  { head: 'Revision', cell: ({ hardwareRevision }) => hardwareRevision },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
  { head: 'Per wave', cell: ({ waves }) => waves.join(' + ') },
]

/** What a plan would leave out, what in it may not be meant, and what its approvers would have to know. */
export const remarksOf = ({ excluded, warnings: given, cautions }: Preview): string[] => [
  ...excluded.map(({ why, devices }) => `Left out: ${devices} ${excludedBecause[why]}.`),
  ...given.map((each) => `Warning: ${warningTexts[each]}`),
  ...cautionTexts(cautions),
  ...(excluded.some(({ why }) => why === 'quarantined-earlier') ? [includingText] : []),
]

const wavePlan = (wave: RolloutPlan['waves'][number], at: number): string => {
  const reach = wave.pick === 'stratified' ? `${wave.perStratum} of each revision` : `${wave.percent} % of the devices`
  return `  wave ${at + 1}: ${reach}; judged when ${wave.minimumSample} have ended, then watched for ${wave.soakSeconds} s`
}

/** A plan in words, from its bytes and nothing else. */
export function planText(plan: RolloutPlan): string {
  const { limits, artifacts, audience, includeQuarantined = [] } = plan
  const { perRevision, revisions } = limits
  return [
    `${plan.name} (${plan.plan})`,
    `Installs release ${plan.release} on ${audience.count} devices, made by ${plan.createdBy} at ${plan.createdAt}.`,
    ...artifacts.map(({ sha256, length }) => `  artifact ${sha256}, ${length} bytes`),
    ...includeQuarantined.map(
      (each) => `Includes ${revisionText(each)}, although an earlier rollout of its artifact quarantined it.`,
    ),
    `May run from ${plan.notBefore} to ${plan.notAfter}.`,
    ...plan.waves.map(wavePlan),
    `Stops when more than ${limits.maxFailurePercent} % of a wave fail; ${limits.silenceSeconds} s without a word is failure.`,
    `A revision of which more than ${perRevision.maxFailurePercent} % fail, judged from ${perRevision.minimumSample} devices on: ${perRevision.beyond === 'stop' ? 'the rollout stops' : 'it is quarantined'}.`,
    ...revisions.map(
      (each) =>
        `  but ${each.model} ${each.hardwareRevision}: more than ${each.maxFailurePercent} % of at least ${each.minimumSample}: ${each.beyond}`,
    ),
  ].join('\n')
}

const width = 20

/** How far a wave has come, as one line with a bar. */
export function waveText({ no, state, why, devices, offered, verified, failed, silent, other, retries }: Wave): string {
  const ended = verified + failed + silent + other
  const full = devices === 0 ? width : Math.round((ended / devices) * width)
  const counts = [
    `${ended} of ${devices} devices have ended`,
    ...(verified > 0 ? [`${verified} verified`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(silent > 0 ? [`${silent} silent`] : []),
    ...(other > 0 ? [`${other} called back`] : []),
    ...(offered > ended ? [`${offered - ended} under way`] : []),
    ...(retries.asked > 0 ? [`${retries.asked} tried again, of which ${retries.verified} verified`] : []),
  ]
  const reason = why === null ? '' : ` ${reasonText(why)}`
  return `wave ${no} [${'#'.repeat(full)}${'.'.repeat(width - full)}] ${state}: ${counts.join(', ')}.${reason}`
}

const signingText = ({ signing, verified }: Rollout): string => {
  if (signing === null) return 'The signer has not been asked.'
  if (signing.refusal) return `The signer refused: ${signing.refusal.detail} (${signing.refusal.code})`
  if (signing.state === 'requested') return 'The signer has not decided yet.'
  return verified
    ? 'Signed; the stored plan is the one that the signer signed.'
    : 'The stored plan or its audience is NOT what the signer signed: nothing runs.'
}

/** A rollout in words. */
export const rolloutText = (rollout: Rollout): string =>
  [
    `${rollout.name} (${rollout.id}): ${rollout.state}${rollout.why === null ? '' : `. ${reasonText(rollout.why)}`}`,
    `Release ${rollout.release}, ${rollout.devices} devices, plan ${rollout.planDigest}`,
    `Approved by: ${rollout.approvals.map(({ name }) => name).join(', ') || 'nobody yet'}. ${signingText(rollout)}`,
    ...rollout.waves.map(waveText),
    ...rollout.quarantined.map(
      ({ manufacturer, model, hardwareRevision, why }) =>
        `Quarantined: ${manufacturer} ${model} revision ${hardwareRevision}. ${reasonText(why)}`,
    ),
    ...rollout.held.map((each) => `Held: ${revisionText(each)} by ${each.person}: ${each.reason}`),
    ...cautionTexts(rollout.cautions),
  ].join('\n')
