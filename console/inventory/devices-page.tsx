import { Button } from '@mantine/core'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { Begin } from '../design/begin.tsx'
import { Empty, Loading, Trouble } from '../design/faces.tsx'
import { saying } from '../shell/address.ts'
import { Caps } from '../shell/caps.tsx'
import { Page } from '../shell/page.tsx'
import { useCaller, useMay } from '../shell/session.ts'
import { useSingleKeys } from '../shell/single-keys.ts'
import { type DeviceFilter, type DeviceSearch, filterOf, type GroupField, isFiltered } from './device-filter.ts'
import { DeviceTable } from './device-table.tsx'
import { GroupMenu } from './group-menu.tsx'
import { Groups } from './groups.tsx'
import { BillButton, ImportButton } from './import/import-button.tsx'
import type { ListLook } from './list-look.ts'
import { LookMenu } from './look-menu.tsx'
import { QueryBar } from './query-bar.tsx'
import { nobody, type Selection } from './selection.ts'
import { SelectionBar } from './selection-bar.tsx'
import { type Seen, useClocks, useDevices } from './use-devices.ts'
import { useListLook } from './use-list-look.ts'
import { Views } from './views.tsx'
import './devices.css'

const route = getRouteApi('/frame/devices')

/** Every device that whoever looks may see, in the order in which they came. */
export function DevicesPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/devices' })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same filter is the same whatever row somebody came from
  const filter = useMemo(() => filterOf(search), [JSON.stringify(filterOf(search))])
  const choose = useCallback(
    ({ q }: DeviceFilter) =>
      void navigate({ search: ({ q: _, at: __, ...before }) => saying<DeviceSearch>({ ...before, q }), replace: true }),
    [navigate],
  )
  const ask = useCallback((q: string) => choose(q === '' ? {} : { q }), [choose])
  const [look, setLook] = useListLook(search)
  const { by } = search
  const group = (field: GroupField | undefined) =>
    void navigate({ search: ({ by: _, ...before }) => saying<DeviceSearch>({ ...before, by: field }) })
  return (
    <Page
      title="Devices"
      pills={<Views query={filter.q ?? ''} />}
      actions={
        <>
          <ImportButton />
          <BillButton />
          <Link to="/devices/actions">Actions</Link>
          <GroupMenu by={by} onBy={group} />
          <LookMenu look={look} onLook={setLook} />
        </>
      }
      fills
    >
      <QueryBar value={filter.q ?? ''} onChange={ask} />
      <section className="panel device-list" aria-label="Devices">
        {by === undefined ? (
          <DeviceList
            key={JSON.stringify(filter)}
            filter={filter}
            look={look}
            at={search.at}
            onClear={() => choose({})}
          />
        ) : (
          <Groups filter={filter} by={by} nothing={<Nothing filter={filter} onClear={() => choose({})} />} />
        )}
      </section>
    </Page>
  )
}

interface Given {
  readonly filter: DeviceFilter
  readonly look: ListLook
  readonly at: string | undefined
  readonly onClear: () => void
}

/** One filter’s devices; another filter is another list, which begins at its top. */
function DeviceList({ filter, look, at, onClear }: Given) {
  const [selection, setSelection] = useState<Selection>(nobody)
  const mayAct = useMay('inventory:write')
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
      await navigate({ search: (before) => ({ ...before, at: id }), replace: true })
      await navigate({ to: '/devices/$id', params: { id } })
    },
    [navigate],
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
      <DeviceTable
        {...{ rows, clocks, total, at, look, selection }}
        onSelect={mayAct ? setSelection : undefined}
        hasMore={hasNextPage}
        onSeen={see}
        onEnd={more}
        onOpen={open}
      />
      {mayAct && (
        <SelectionBar selection={selection} total={total ?? rows.length} q={filter.q} onSelect={setSelection} />
      )}
    </>
  )
}

const figure = new Intl.NumberFormat('en-GB')

/** How many there are, and the keys that walk through them. */
const ListHead = ({ total, filter, onClear }: Omit<Given, 'at' | 'look'> & { readonly total: number | undefined }) => (
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
  const isSingle = useSingleKeys()
  const selects = useMay('inventory:write') && isSingle
  const [next, previous] = isSingle ? ['j', 'k'] : ['ArrowDown', 'ArrowUp']
  return (
    <span className="r f t12 keys">
      <Caps keys={next} /> <Caps keys={previous} /> move <Caps keys="Enter" /> open
      {selects && (
        <>
          {' '}
          <Caps keys="x" /> select
        </>
      )}
    </span>
  )
}

function Nothing({ filter, onClear }: Omit<Given, 'at' | 'look'>) {
  const { sites } = useCaller()
  const mayImport = useMay('inventory:write')
  if (isFiltered(filter))
    return (
      <Empty
        title="No device fits the query"
        way={
          <Button variant="default" size="sm" onClick={onClear}>
            Clear the query
          </Button>
        }
      >
        A device stands here once every part of it fits.{' '}
        {sites === 'all' ? '' : 'Devices of sites that you may not see are not searched.'}
      </Empty>
    )
  return (
    <Begin
      title="No device yet"
      command="suture device import FILE.csv"
      action={mayImport ? <ImportButton isMain /> : undefined}
    >
      Each device that you list, or that registers itself, appears here with its model, its firmware, how that is known,
      and when its first finding is due{sites === 'all' ? '' : '; here only those of your sites'}.
    </Begin>
  )
}
