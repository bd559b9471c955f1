import { listDevices } from '@suture/contract/devices.ts'
import { listDeviceClocks, mostDeviceClocks } from '@suture/contract/risk.ts'
import { keepPreviousData, useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ask, question, useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import type { DeviceFilter } from './device-filter.ts'
import { type DeviceRow, perPage, piecesOf, rowsOf } from './device-rows.ts'

/** The rows that are on the screen. */
export interface Seen {
  readonly from: number
  readonly to: number
}

const pageOf = (filter: DeviceFilter, cursor: string | undefined) => ({
  query: { ...filter, limit: perPage, ...(cursor === undefined ? {} : { cursor }) },
})

/**
 * The devices that fit, as far as somebody has scrolled. Only the pages on the screen are kept up to date: asking for two
 * hundred of them again at each change would be all that the server does.
 */
export function useDevices(filter: DeviceFilter, seen: Seen) {
  const pages = useInfiniteQuery({
    queryKey: ['device-pages', filter],
    queryFn: ({ pageParam }) => ask(listDevices, pageOf(filter, pageParam)),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const loaded = pages.isPlaceholderData ? undefined : pages.data
  const shown = loaded ? piecesOf(seen.from, seen.to, perPage).filter((no) => no < loaded.pages.length) : []
  const live = useQueries({
    queries: shown.map((no) => ({
      ...question(listDevices, pageOf(filter, loaded?.pageParams[no] as string | undefined), {
        about: 'devices',
        everyMs: 15_000,
      }),
      initialData: loaded?.pages[no],
      initialDataUpdatedAt: pages.dataUpdatedAt,
    })),
  })
  const updates = live.map(({ dataUpdatedAt }) => dataUpdatedAt).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers are others exactly when their times are
  const rows = useMemo(
    () =>
      rowsOf(pages.data?.pages ?? [], new Map(live.flatMap(({ data }, at) => (data ? [[shown[at] ?? 0, data]] : [])))),
    [pages.data, updates, shown.join()],
  )
  const total = useAsk(listDevices, { query: { ...filter, limit: 1 } }, { about: 'devices' })
  return { pages, rows, total: total.data?.counts?.devices ?? loaded?.pages[0]?.counts?.devices }
}

/** What the findings of the devices on the screen come to, by device; undefined where that is not known yet. */
export function useClocks(rows: readonly DeviceRow[], seen: Seen) {
  const may = useMay('risk:read')
  const pieces = piecesOf(seen.from, seen.to, mostDeviceClocks)
    .map((no) => rows.slice(no * mostDeviceClocks, (no + 1) * mostDeviceClocks))
    .filter((piece) => piece.length > 0)
  const asked = useQueries({
    queries: pieces.map((piece) =>
      question(
        listDeviceClocks,
        { query: { devices: piece.map(({ id }) => id).join() } },
        { about: 'decisions', enabled: may },
      ),
    ),
  })
  const clocks = new Map(
    asked.flatMap(({ data }, at) => {
      const told = new Map(data?.items.map((each) => [each.device, each]))
      return data ? (pieces[at] ?? []).map(({ id }) => [id, told.get(id) ?? ('none' as const)] as const) : []
    }),
  )
  return may ? clocks : undefined
}

export type Clocks = ReturnType<typeof useClocks>
