import { type ReleaseState, releaseStates } from '@suture/contract/states.ts'
import { cursorIn, saying } from '../shell/address.ts'

interface ListSearch {
  readonly state?: ReleaseState
  readonly cursor?: string
}

/** What of an address the list of releases understands. */
export const releasesSearch = ({ state, cursor }: Record<string, unknown>): ListSearch =>
  saying<ListSearch>({ state: releaseStates.find((each) => each === state), cursor: cursorIn(cursor) })

interface OneSearch {
  /** The test whose trials are shown; the newest if it says nothing. */
  readonly run?: string
}

export const releaseSearch = ({ run }: Record<string, unknown>): OneSearch =>
  typeof run === 'string' && /^[0-9a-f-]{36}$/.test(run) ? { run } : {}
