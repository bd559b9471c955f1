import type { Arguments, Reply } from '@suture/contract/client.ts'
import type { createRollout, previewRollout } from '@suture/contract/deployment.ts'
import { readLimits, readWave, writeLimits, writeWave } from '@suture/contract/plan-spelling.ts'
import { limitsFrom, type PlanDefaults } from '@suture/contract/profiles.ts'
import { exactly } from '@suture/contract/query/print.ts'
import {
  type Limits,
  type Preset,
  presets,
  presetWaves,
  type Reach,
  type Wave,
} from '@suture/contract/rollout-presets.ts'
import type { BuilderSearch, RevisionName } from '../search.ts'
import { releaseText } from '../words.ts'

export type Body = Arguments<typeof createRollout>['body']
export type Preview = Reply<typeof previewRollout>

interface Release {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly models: readonly { readonly manufacturer: string; readonly model: string }[]
}

/** A plan as it stands in the form, with what is proposed in the place of what nobody said. */
export interface Draft {
  readonly q: string
  readonly name: string
  readonly wavesFrom: Preset | 'own'
  readonly waves: readonly Wave[]
  readonly limitsFrom: Preset | 'own'
  readonly limits: Limits
  readonly from: Date
  readonly to: Date
  readonly include: readonly RevisionName[]
}

/** So many models that a proposed query names each of them. */
const mostModels = 20

/** The devices that a release is for, as a query; every device where it is for too many models to name. */
export function queryFor({ models }: Pick<Release, 'models'>): string {
  const named = models.map(({ manufacturer, model }) => `${exactly('vendor', manufacturer)} ${exactly('model', model)}`)
  const [only = ''] = named
  if (named.length <= 1) return only
  return named.length > mostModels ? '' : named.map((each) => `(${each})`).join(' or ')
}

const presetNamed = (text: string | undefined): Preset | undefined => presets.find((each) => each === text)

function wavesIn(text: string | undefined): Wave[] | undefined {
  const waves = text?.split(';').map(readWave) ?? []
  return waves.length > 0 && waves.every((wave) => wave !== undefined) ? waves : undefined
}

const minute = 60_000
export const minuteText = (at: Date): string => at.toISOString().slice(0, 16)
const atMinute = (text: string): Date => new Date(`${text}Z`)

/** What a draft is made out of beside its address. */
interface Seen {
  readonly release: Release | undefined
  readonly openedAt: Date
  /** What a plan begins from in this tenant. */
  readonly defaults: PlanDefaults
  readonly reach?: Reach | undefined
}

/** What the form shows. */
export function draftOf(search: BuilderSearch, { release, openedAt, defaults, reach }: Seen): Draft {
  const ownWaves = wavesIn(search.waves)
  const ownLimits = search.limits === undefined ? undefined : readLimits(search.limits)
  const wavesPreset = presetNamed(search.waves) ?? defaults.preset
  const limitsPreset = presetNamed(search.limits) ?? defaults.preset
  const from =
    search.from === undefined ? new Date(Math.floor(openedAt.getTime() / minute) * minute) : atMinute(search.from)
  return {
    q: search.q ?? (release ? queryFor(release) : ''),
    name: search.name ?? (release ? releaseText(release) : ''),
    wavesFrom: ownWaves ? 'own' : wavesPreset,
    waves: ownWaves ?? presetWaves(wavesPreset, reach),
    limitsFrom: ownLimits ? 'own' : limitsPreset,
    limits: ownLimits ?? limitsFrom(limitsPreset, defaults),
    from,
    to: search.to === undefined ? new Date(from.getTime() + defaults.hours * 60 * minute) : atMinute(search.to),
    include: search.include ?? [],
  }
}

export const wavesText = (waves: readonly Wave[]): string => waves.map(writeWave).join(';')
export const limitsText = (limits: Limits): string => writeLimits(limits)

/** What the API is asked to make of it. */
export const bodyOf = (release: string, { q, name, waves, limits, from, to, include }: Draft): Body => ({
  name,
  release,
  audience: q === '' ? {} : { q },
  waves: [...waves],
  limits,
  notBefore: from.toISOString(),
  notAfter: to.toISOString(),
  includeQuarantined: include.map(([manufacturer, model, hardwareRevision]) => ({
    manufacturer,
    model,
    hardwareRevision,
  })),
})

/** How much a preview says that a plan reaches. */
export const reachOf = ({ devices, strata }: Pick<Preview, 'devices' | 'strata'>): Reach => ({
  devices,
  revisions: strata.length,
})

/** So many devices in each wave. */
export const sizesOf = ({ strata }: Pick<Preview, 'strata'>, waves: number): number[] =>
  Array.from({ length: waves }, (_, at) => strata.reduce((sum, each) => sum + (each.waves[at] ?? 0), 0))

export const nameOf = (given: { manufacturer: string; model: string; hardwareRevision: string }): RevisionName => [
  given.manufacturer,
  given.model,
  given.hardwareRevision,
]

/** The revisions with one more, or without it. */
export const toggled = (include: readonly RevisionName[], revision: RevisionName): RevisionName[] => {
  const others = include.filter((each) => each.join('\n') !== revision.join('\n'))
  return others.length < include.length ? others : [...others, revision]
}
