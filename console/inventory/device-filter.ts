import type { DeviceField } from '@suture/contract/device-fields.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { mostQueryCharacters } from '@suture/contract/query/query.ts'
import { saying, textIn } from '../shell/address.ts'
import { columnsOf, type Density, densityOf } from './list-look.ts'

/** Which devices the list shows, as the address of the page holds it: a query, or nothing for all. */
export interface DeviceFilter {
  readonly q?: string
}

/** The list’s address: the filter, how it is looked at, and the device from which somebody comes back. */
export interface DeviceSearch extends DeviceFilter {
  readonly at?: string
  /** The columns, a letter for each. */
  readonly cols?: string
  readonly rows?: Density
  /** The field by which the devices are grouped. */
  readonly by?: GroupField
}

/** What the list can be grouped by. */
export const groupFields = [
  ...(['model', 'vendor', 'fw', 'hw', 'state', 'assurance', 'site', 'zone', 'type'] as const),
  ...(['exposure', 'criticality', 'job', 'rollout'] as const),
] satisfies readonly DeviceField[]
export type GroupField = (typeof groupFields)[number]

/** The parts of an address that say something; whatever is no filter is left out. */
export function deviceSearch(given: Record<string, unknown>): DeviceSearch {
  const q = textIn(given.q, mostQueryCharacters)
  return saying<DeviceSearch>({
    q,
    at: textIn(given.at, 36),
    cols: columnsOf(given.cols)?.join(''),
    rows: densityOf(given.rows),
    by: groupFields.find((each) => each === given.by),
  })
}

/** The filter alone. */
export const filterOf = ({ q }: DeviceSearch): DeviceFilter => (q === undefined ? {} : { q })

/** A query with one condition more. */
export const narrowed = (q: string | undefined, condition: string): string =>
  q === undefined ? condition : `${/\bor\b|,/i.test(q) ? `(${q})` : q} ${condition}`

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
