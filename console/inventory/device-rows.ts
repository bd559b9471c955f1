import type { Reply } from '@suture/contract/client.ts'
import type { listDevices } from '@suture/contract/devices.ts'

type DevicePage = Reply<typeof listDevices>
export type DeviceRow = DevicePage['items'][number]

/** As many devices as one page of the list holds: the most that the API gives. */
export const perPage = 500

/**
 * The rows of all pages in their order, each device once: a page that was asked for again may have taken in what was the
 * next one’s until then.
 * @param fresh pages that were asked for again, by their number
 */
export function rowsOf(pages: readonly DevicePage[], fresh: ReadonlyMap<number, DevicePage>): readonly DeviceRow[] {
  if (fresh.size === 0 && pages.length === 1) return pages[0]?.items ?? []
  const seen = new Set<string>()
  const rows: DeviceRow[] = []
  for (const [no, page] of pages.entries())
    for (const device of (fresh.get(no) ?? page).items) {
      if (seen.has(device.id)) continue
      seen.add(device.id)
      rows.push(device)
    }
  return rows
}

/** The numbers of the pieces of a list that a range of its rows lies in. */
export function piecesOf(from: number, to: number, size: number): readonly number[] {
  const [first, last] = [Math.floor(Math.max(0, from) / size), Math.floor(Math.max(0, to) / size)]
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

/** Where a device stands, outermost first. */
export const placeOf = ({ site, area, zone }: Pick<DeviceRow, 'site' | 'area' | 'zone'>): string =>
  [site ?? 'no site', area, zone].filter((part) => part !== null).join(' › ')
