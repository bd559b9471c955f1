import { Button } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { Empty, Loading, Trouble } from '../design/faces.tsx'
import { Caps } from '../shell/caps.tsx'
import { Page } from '../shell/page.tsx'
import { useCaller } from '../shell/session.ts'
import { useSingleKeys } from '../shell/single-keys.ts'
import { type DeviceFilter, filterOf, isFiltered } from './device-filter.ts'
import { DeviceTable } from './device-table.tsx'
import { QueryBar } from './query-bar.tsx'
import { type Seen, useClocks, useDevices } from './use-devices.ts'
import { Views } from './views.tsx'
import './devices.css'

const route = getRouteApi('/frame/devices')

/** Every device that whoever looks may see, in the order in which they came. */
export function DevicesPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/devices' })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same filter is the same whatever row somebody came from
  const filter = useMemo(() => filterOf(search), [JSON.stringify(filterOf(search))])
  const choose = useCallback((chosen: DeviceFilter) => void navigate({ search: chosen, replace: true }), [navigate])
  const ask = useCallback((q: string) => choose(q === '' ? {} : { q }), [choose])
  return (
    <Page title="Devices" pills={<Views query={filter.q ?? ''} />} fills>
      <QueryBar value={filter.q ?? ''} onChange={ask} />
      <section className="panel device-list" aria-label="Devices">
        <DeviceList key={JSON.stringify(filter)} filter={filter} at={search.at} onClear={() => choose({})} />
      </section>
    </Page>
  )
}

interface Given {
  readonly filter: DeviceFilter
  readonly at: string | undefined
  readonly onClear: () => void
}

/** One filter’s devices; another filter is another list, which begins at its top. */
function DeviceList({ filter, at, onClear }: Given) {
  const [seen, setSeen] = useState<Seen>({ from: 0, to: 0 })
  const see = useCallback(
    (next: Seen) => setSeen((before) => (before.from === next.from && before.to === next.to ? before : next)),
    [],
  )
  const { pages, rows, total } = useDevices(filter, seen)
  const clocks = useClocks(rows, seen)
  const navigate = useNavigate({ from: '/devices' })
  const open = useCallback(
    async (id: string) => {
      // The way back leads to the row.
      await navigate({ search: { ...filter, at: id }, replace: true })
      await navigate({ to: '/devices/$id', params: { id } })
    },
    [navigate, filter],
  )
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [isFetchingNextPage, fetchNextPage])
  if (pages.data === undefined && pages.error)
    return <Trouble error={pages.error} what="The devices" retry={() => void pages.refetch()} />
  if (pages.data === undefined) return <Loading what="The devices: asking the server" rows={14} />
  if (rows.length === 0 && !pages.isPlaceholderData) return <Nothing filter={filter} onClear={onClear} />
  return (
    <>
      <ListHead total={total} filter={filter} onClear={onClear} />
      {pages.error && (
        <div className="call c-soon" role="status">
          The next devices could not be loaded: {pages.error.message}
        </div>
      )}
      <DeviceTable {...{ rows, clocks, total, at }} hasMore={hasNextPage} onSeen={see} onEnd={more} onOpen={open} />
    </>
  )
}

const figure = new Intl.NumberFormat('en-GB')

/** How many there are, and the keys that walk through them. */
const ListHead = ({ total, filter, onClear }: Omit<Given, 'at'> & { readonly total: number | undefined }) => (
  <header>
    <h2 aria-live="polite">
      {total === undefined ? 'Counting' : `${figure.format(total)} ${total === 1 ? 'device' : 'devices'}`}
    </h2>
    <span className="f t12">in the order in which they came</span>
    {isFiltered(filter) && (
      <Button variant="subtle" size="sm" onClick={onClear}>
        Clear the query
      </Button>
    )}
    <Keys />
  </header>
)

function Keys() {
  const [next, previous] = useSingleKeys() ? ['j', 'k'] : ['ArrowDown', 'ArrowUp']
  return (
    <span className="r f t12 keys">
      <Caps keys={next} /> <Caps keys={previous} /> move <Caps keys="Enter" /> open
    </span>
  )
}

function Nothing({ filter, onClear }: Omit<Given, 'at'>) {
  const { sites } = useCaller()
  if (isFiltered(filter))
    return (
      <Empty title="No device fits the query">
        <p>
          Every part of it must fit. {sites === 'all' ? '' : 'Devices of sites that you may not see are not searched.'}
        </p>
        <Button variant="default" size="sm" onClick={onClear} mt={8}>
          Clear the query
        </Button>
      </Empty>
    )
  return (
    <Empty title="No device yet" command="suture device import FILE.csv">
      Each device that you list, or that registers itself, appears here with its model, its firmware, how that is known,
      and when its first finding is due{sites === 'all' ? '' : '; here only those of your sites'}.
    </Empty>
  )
}
