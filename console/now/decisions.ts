import type { Reply } from '@suture/contract/client.ts'
import type { getRollout, listRollouts } from '@suture/contract/deployment.ts'
import type { listFindingGroups, listFixes } from '@suture/contract/risk.ts'
import { outcomeWords } from '@suture/contract/risk-words.ts'
import { approversNeeded } from '../deployment/actions.ts'
import { staleMs } from '../intelligence/feeds.ts'

type Group = Reply<typeof listFindingGroups>['items'][number]
type Fix = Reply<typeof listFixes>['items'][number]
type Rollout = Reply<typeof listRollouts>['items'][number]
type RolloutDetail = Reply<typeof getRollout>

/** What the engines say that somebody has to see to. */
export interface Facts {
  readonly groups: readonly Group[]
  /** Of published releases. */
  readonly fixes: readonly Fix[]
  readonly rollouts: readonly Rollout[]
  /** Of those that are not over, or ended lately. */
  readonly details: readonly RolloutDetail[]
  /** Devices that contradict themselves, by rollout. */
  readonly disputed: ReadonlyMap<string, number>
  /** Devices that registered themselves and that nobody has admitted. */
  readonly strangers: number
  /** When the newest facts about vulnerabilities were collected; null when there are none. */
  readonly factsAt: Date | null
}

/** Where a decision leads. */
export type Way =
  | { readonly to: 'rollout'; readonly id: string; readonly view?: 'clusters' }
  | { readonly to: 'strangers' }
  | { readonly to: 'plan'; readonly release: string }
  | { readonly to: 'model'; readonly manufacturer: string; readonly model: string }
  | { readonly to: 'command'; readonly command: string }

/** Something that waits for a person: a sentence, its clock, and one way on. */
export interface Decision {
  readonly key: string
  readonly sentence: string
  readonly detail: string
  readonly dueAt: Date | null
  readonly clockStart: Date | null
  /** How many devices or findings hang on it: what breaks a tie between clocks. */
  readonly weight: number
  readonly action: string
  readonly way: Way
  /** A finding that explains it. */
  readonly why?: { readonly device: string; readonly vulnerability: string }
}

const count = (number: number, one: string, many = `${one}s`) =>
  `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`

const underWay = new Set(['awaiting-approval', 'scheduled', 'running', 'paused'])

/** Whether a release that closes something is on its way already. */
const isOnItsWay = (fix: Fix, rollouts: readonly Rollout[]) =>
  rollouts.some(({ release, state }) => release === fix.release.id && underWay.has(state))

/** What the engines say of a release that closes some of a group. */
function remedyFor({ most, manufacturer, model, vulnerabilities }: Group, { fixes, rollouts, details }: Facts) {
  const isFor = ({ models }: Fix) => models.some((each) => each.manufacturer === manufacturer && each.model === model)
  const fix = fixes.find((each) => isFor(each) && each.vulnerabilities.some(({ id }) => most.includes(id)))
  if (!fix)
    return {
      says: `No published release for this model closes ${vulnerabilities > most.length ? 'the most urgent' : 'any'} of them.`,
    }
  const closes = `${fix.release.name} is published and closes ${count(fix.closes.findings, 'finding')} on ${count(fix.closes.devices, 'device')}`
  const failed = details.find(
    ({ release, quarantined }) =>
      release === fix.release.id &&
      quarantined.some((each) => each.manufacturer === manufacturer && each.model === model),
  )
  if (failed)
    return {
      says: `${closes}, but ${failed.name} quarantined a revision of this model: find out why before it goes there again.`,
      action: 'See the failures',
      way: { to: 'rollout', id: failed.id, view: 'clusters' } as const,
    }
  if (isOnItsWay(fix, rollouts)) return { says: `${closes}; a rollout of it is under way.` }
  return {
    says: `${closes}. Nobody sends it out.`,
    action: 'Plan a rollout',
    way: { to: 'plan', release: fix.release.id } as const,
  }
}

function ofGroup(group: Group, facts: Facts): Decision {
  const { manufacturer, model, outcome, devices, findings, vulnerabilities, most, unknown, undecided } = group
  const what = vulnerabilities === 1 ? `${most[0]}` : `${most[0]} and ${count(vulnerabilities - 1, 'other')}`
  const remedy = remedyFor(group, facts)
  const doubt = [
    ...(unknown > 0 ? [` Of ${count(unknown, 'finding')} nobody can tell, so they count as affected.`] : []),
    ...(undecided > 0 && outcome !== null ? [` ${count(undecided, 'finding')} of them wait to be decided.`] : []),
  ].join('')
  const verb = outcome === null ? 'They wait to be decided, which takes seconds' : `Fix ${outcomeWords[outcome]}`
  return {
    key: `group ${manufacturer} ${model} ${group.dueAt?.toISOString()}`,
    sentence: `${what} ${vulnerabilities === 1 ? 'is' : 'are'} on ${count(devices, `${manufacturer} ${model} device`)}`,
    detail: `${verb}: ${count(findings, 'finding')} (device × vulnerability). ${remedy.says}${doubt}`,
    dueAt: group.dueAt,
    clockStart: group.clockStart,
    weight: findings,
    action: remedy.action ?? 'Show devices of the model',
    way: remedy.way ?? { to: 'model', manufacturer, model },
    why: group.example,
  }
}

const noClock = { dueAt: null, clockStart: null } as const

function ofApproval({ id, name, devices, approvals }: RolloutDetail): Decision {
  const missing = Math.max(0, approversNeeded - approvals.length)
  return {
    key: `approval ${id}`,
    sentence:
      missing === 0
        ? `${name} is approved, and waits for the signer`
        : `${name} needs ${missing === 1 ? 'one more approval' : `${missing} approvals`} before anything may start`,
    detail: `${count(devices, 'device')}. ${approvals.length} of ${approversNeeded} signatures given${approvals.length > 0 ? `, by ${approvals.map((each) => each.name).join(', ')}` : ''}; whoever made the plan cannot sign it.`,
    ...noClock,
    weight: devices,
    action: 'Read the plan',
    way: { to: 'rollout', id },
  }
}

function ofRollout(rollout: RolloutDetail): Decision[] {
  const { id, name, devices, state, verified } = rollout
  const way = { to: 'rollout', id } as const
  const base = { ...noClock, weight: devices, action: 'Open the rollout', way }
  const found: Decision[] = []
  if (!verified && underWay.has(state) && state !== 'awaiting-approval')
    found.push({
      ...base,
      key: `unverified ${id}`,
      sentence: `${name} does not verify as what the signer signed`,
      detail:
        'Nothing runs until it does. Either the stored plan or its audience was changed, or the signer’s keys are not those that signed it.',
    })
  if (state === 'awaiting-approval') found.push(ofApproval(rollout))
  if (state === 'scheduled')
    found.push({
      ...base,
      key: `start ${id}`,
      sentence: `${name} is approved and signed, and waits to be started`,
      detail: `${count(devices, 'device')}. Nothing is offered to any device until somebody starts it.`,
    })
  if (state === 'paused')
    found.push({
      ...base,
      key: `paused ${id}`,
      sentence: `${name} is paused`,
      detail: 'It is offered to nobody new; devices that were offered it go on.',
    })
  if (state === 'stopped')
    found.push({
      ...base,
      key: `stopped ${id}`,
      sentence: `${name} was stopped`,
      detail:
        'It is offered to nobody any more; devices that were writing finish. What it has not closed is still open.',
    })
  for (const { manufacturer, model, hardwareRevision } of rollout.quarantined)
    found.push({
      ...base,
      key: `quarantine ${id} ${manufacturer} ${model} ${hardwareRevision}`,
      sentence: `${manufacturer} ${model} revision ${hardwareRevision} is quarantined in ${name}`,
      detail: 'More of its devices failed than the plan allows; silence counts as failure.',
      action: 'See the failures',
      way: { ...way, view: 'clusters' },
    })
  return found
}

const ofDisputed = ([id, devices]: readonly [string, number], { details }: Facts): Decision => ({
  key: `disputed ${id}`,
  sentence: `${count(devices, 'device')} ${devices === 1 ? 'says' : 'say'} one version and ${devices === 1 ? 'answers' : 'answer'} with another`,
  detail: `In ${details.find((rollout) => rollout.id === id)?.name ?? 'a rollout'}: reported done, read by us running something else. The findings stay open.`,
  ...noClock,
  weight: devices,
  action: 'See the devices',
  way: { to: 'rollout', id, view: 'clusters' },
})

function ofKnowledge({ factsAt }: Facts, now: Date): Decision[] {
  const days = factsAt ? Math.floor((now.getTime() - factsAt.getTime()) / 864e5) : 0
  if (factsAt && now.getTime() - factsAt.getTime() <= staleMs) return []
  return [
    {
      key: 'facts',
      sentence: factsAt
        ? `The facts about vulnerabilities are ${count(days, 'day')} old`
        : 'No facts about vulnerabilities were imported yet',
      detail: 'What was published since then is not known here, so no decision speaks of it.',
      ...noClock,
      weight: 0,
      action: 'Import newer facts',
      way: { to: 'command', command: 'suture feed import FILE' },
    },
  ]
}

const ofStrangers = ({ strangers }: Facts): Decision[] =>
  strangers === 0
    ? []
    : [
        {
          key: 'strangers',
          sentence: `${count(strangers, 'device')} registered ${strangers === 1 ? 'itself' : 'themselves'} and ${strangers === 1 ? 'waits' : 'wait'} to be admitted`,
          detail: 'Nothing is sent to them, and nothing is decided about them, until somebody says where they belong.',
          ...noClock,
          weight: strangers,
          action: 'See who they are',
          way: { to: 'strangers' },
        },
      ]

/** Everything that waits for a person, the shortest clock first, and of equal clocks what more devices hang on. */
export function decisionsOf(facts: Facts, now: Date): Decision[] {
  return [
    ...facts.groups.map((group) => ofGroup(group, facts)),
    ...facts.details.flatMap(ofRollout),
    ...[...facts.disputed].map((each) => ofDisputed(each, facts)),
    ...ofStrangers(facts),
    ...ofKnowledge(facts, now),
  ].sort((a, b) => rank(a.dueAt) - rank(b.dueAt) || b.weight - a.weight || (a.key < b.key ? -1 : 1))
}

const rank = (dueAt: Date | null) => dueAt?.getTime() ?? Number.MAX_SAFE_INTEGER

export const bands = ['Next 24 hours', 'This week', 'Later', 'Without a deadline'] as const
export type Band = (typeof bands)[number]

/** The band that a clock belongs to. */
export function bandOf({ dueAt }: Pick<Decision, 'dueAt'>, now: Date): Band {
  if (dueAt === null) return 'Without a deadline'
  const left = dueAt.getTime() - now.getTime()
  if (left < 864e5) return 'Next 24 hours'
  return left < 7 * 864e5 ? 'This week' : 'Later'
}
