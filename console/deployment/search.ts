import { type RolloutState, rolloutStates } from '@suture/contract/states.ts'
import { cursorIn, saying, textIn } from '../shell/address.ts'

export const views = ['cells', 'clusters', 'table'] as const
export type View = (typeof views)[number]

export interface ListSearch {
  readonly state?: RolloutState
  /** Where the page begins, as the server named it. */
  readonly cursor?: string
}

/** What of an address the list of rollouts understands; the rest is as if it were not there. */
export const listSearch = ({ state, cursor }: Record<string, unknown>): ListSearch =>
  saying<ListSearch>({ state: rolloutStates.find((each) => each === state), cursor: cursorIn(cursor) })

/** Which view of the waves an address asks for. */
export function pageSearch(given: Record<string, unknown>): { readonly view?: View } {
  const view = views.find((each) => each === given.view)
  return view === undefined ? {} : { view }
}

/** A revision of a model, as an address names it. */
export type RevisionName = readonly [manufacturer: string, model: string, hardwareRevision: string]

/** A plan that somebody is making: all of it, so that the address is the draft. What it does not say is proposed. */
export interface BuilderSearch {
  readonly release?: string
  /** Which devices; an empty text is every device, and none is those of the release’s models. */
  readonly q?: string
  readonly name?: string
  /** A preset, or waves as a command has them, with `;` between them. */
  readonly waves?: string
  /** A preset, or limits as `writeLimits` spells them. */
  readonly limits?: string
  /** Not before and not after, in UTC to the minute. */
  readonly from?: string
  readonly to?: string
  /** The revisions to include although an earlier rollout quarantined them. */
  readonly include?: readonly RevisionName[]
}

const minuteIn = (given: unknown): string | undefined =>
  typeof given === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(given) && !Number.isNaN(Date.parse(`${given}Z`))
    ? given
    : undefined

const isRevision = (given: unknown): given is RevisionName =>
  Array.isArray(given) && given.length === 3 && given.every((each) => typeof each === 'string' && each.length <= 200)

/** The parts of a draft that an address names. */
export function builderSearch({ release, q, name, waves, limits, from, to, include }: Record<string, unknown>) {
  const revisions = Array.isArray(include) ? include.filter(isRevision) : []
  return saying<BuilderSearch>({
    release: typeof release === 'string' && /^[0-9a-f-]{36}$/.test(release) ? release : undefined,
    q: q === '' ? '' : textIn(q, 2000),
    name: textIn(name, 200),
    waves: textIn(waves, 4000),
    limits: textIn(limits, 200),
    from: minuteIn(from),
    to: minuteIn(to),
    include: revisions.length > 0 ? revisions : undefined,
  })
}
