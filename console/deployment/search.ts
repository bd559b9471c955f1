import { type RolloutState, rolloutStates } from '@suture/contract/states.ts'
import { cursorIn, saying } from '../shell/address.ts'

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
