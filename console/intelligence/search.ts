import { type ReleaseState, releaseStates } from '@suture/contract/states.ts'
import { cursorIn, saying, textIn } from '../shell/address.ts'

const tabs = ['fixes', 'findings', 'vulnerabilities'] as const
export type Tab = (typeof tabs)[number]

/** Which findings are listed. */
export interface FindingFilter {
  readonly vulnerability?: string
  readonly manufacturer?: string
  readonly model?: string
  /** By its number. */
  readonly site?: number
}

/** The address of the place: the part that is looked at, what of it, and the finding that is explained. */
export interface PlaceSearch extends FindingFilter {
  readonly tab?: Tab
  /** Of the releases whose fixes are listed; published ones if it says nothing. */
  readonly state?: ReleaseState | 'any'
  /** Also what matches nothing of ours. */
  readonly all?: true
  readonly cursor?: string
  readonly why?: string
  readonly on?: string
}

/** One vulnerability’s address: the device about which somebody asks. */
export interface OneSearch {
  readonly on?: string
}

export const fixStates = ['any', ...releaseStates.filter((each) => each !== 'published')] as const

export const isVulnerabilityId = (text: string): boolean => /^CVE-\d{4}-\d{4,19}$/.test(text)

const idIn = (given: unknown): string | undefined =>
  typeof given === 'string' && isVulnerabilityId(given) ? given : undefined

const deviceIn = (given: unknown): string | undefined =>
  typeof given === 'string' && /^[0-9a-f-]{36}$/.test(given) ? given : undefined

const siteIn = (given: unknown): number | undefined =>
  typeof given === 'number' && Number.isInteger(given) && given > 0 && given < 2 ** 31 ? given : undefined

/** What of an address the place understands; the rest is as if it were not there. */
export function placeSearch(given: Record<string, unknown>): PlaceSearch {
  const [why, on] = [idIn(given.why), deviceIn(given.on)]
  return saying<PlaceSearch>({
    tab: tabs.find((each) => each === given.tab),
    state: fixStates.find((each) => each === given.state),
    vulnerability: idIn(given.vulnerability),
    manufacturer: textIn(given.manufacturer, 200),
    model: textIn(given.model, 200),
    site: siteIn(given.site),
    all: given.all === true ? true : undefined,
    cursor: cursorIn(given.cursor),
    // One without the other explains nothing.
    why: on && why,
    on: why && on,
  })
}

export const oneSearch = ({ on }: Record<string, unknown>): OneSearch => saying<OneSearch>({ on: deviceIn(on) })

export const filterOf = ({ vulnerability, manufacturer, model, site }: FindingFilter): FindingFilter =>
  saying<FindingFilter>({ vulnerability, manufacturer, model, site })
