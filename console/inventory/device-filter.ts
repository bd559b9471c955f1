import { type DeviceState, deviceStates } from '@suture/contract/states.ts'
import { textIn } from '../shell/address.ts'

/** Which devices the list shows, as the address of the page holds it. */
export interface DeviceFilter {
  readonly text?: string
  readonly site?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly state?: DeviceState
}

/** The list’s address: the filter, and the device from which somebody comes back. */
export interface DeviceSearch extends DeviceFilter {
  readonly at?: string
}

const longest = { text: 200, site: 200, manufacturer: 120, model: 120 } as const

/** The parts of an address that say something; whatever is no filter is left out. */
export function deviceSearch(given: Record<string, unknown>): DeviceSearch {
  const names = Object.entries(longest).flatMap(([key, most]) => {
    const name = textIn(given[key], most)
    return name === undefined ? [] : [[key, name]]
  })
  const state = deviceStates.find((each) => each === given.state)
  const at = textIn(given.at, 36)
  return { ...Object.fromEntries(names), ...(state ? { state } : {}), ...(at ? { at } : {}) }
}

/** The filter alone. */
export const filterOf = ({ at: _, ...filter }: DeviceSearch): DeviceFilter => filter

export const isFiltered = (filter: DeviceFilter): boolean => Object.keys(filter).length > 0

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
