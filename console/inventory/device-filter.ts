import { exactly } from '@suture/contract/query/print.ts'
import { mostQueryCharacters } from '@suture/contract/query/query.ts'

/** Which devices the list shows, as the address of the page holds it: a query, or nothing for all. */
export interface DeviceFilter {
  readonly q?: string
}

/** The list’s address: the filter, and the device from which somebody comes back. */
export interface DeviceSearch extends DeviceFilter {
  readonly at?: string
}

/** A text that was typed into the address; the router reads `12` as a number. */
function textOf(given: unknown, most: number): string | undefined {
  const text = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : ''
  return text === '' || text.length > most ? undefined : text
}

/** The parts of an address that say something; whatever is no filter is left out. */
export function deviceSearch(given: Record<string, unknown>): DeviceSearch {
  const q = textOf(given.q, mostQueryCharacters)
  const at = textOf(given.at, 36)
  return { ...(q === undefined ? {} : { q }), ...(at === undefined ? {} : { at }) }
}

/** The filter alone. */
export const filterOf = ({ q }: DeviceSearch): DeviceFilter => (q === undefined ? {} : { q })

/** The list of a model’s devices. */
export const ofModel = (manufacturer: string, model: string) => ({
  q: `${exactly('vendor', manufacturer)} ${exactly('model', model)}`,
})

export const isFiltered = ({ q }: DeviceFilter): boolean => q !== undefined

const deviceTabs = ['timeline', 'findings', 'bills', 'jobs'] as const
export type DeviceTab = (typeof deviceTabs)[number]

/** How much of a device’s time its timeline shows, back from now. */
export const stretches = ['hour', 'day', 'week', 'quarter', 'life'] as const
export type Stretch = (typeof stretches)[number]

/** One device’s address: the part that is looked at, how much of its time, and the finding that is explained. */
export interface DevicePageSearch {
  readonly tab?: DeviceTab
  readonly over?: Stretch
  readonly why?: string
}

export function devicePageSearch(given: Record<string, unknown>): DevicePageSearch {
  const tab = deviceTabs.find((each) => each === given.tab)
  const over = stretches.find((each) => each === given.over)
  const why = typeof given.why === 'string' && /^CVE-\d{4}-\d{4,19}$/.test(given.why) ? given.why : undefined
  return { ...(tab ? { tab } : {}), ...(over ? { over } : {}), ...(why ? { why } : {}) }
}
