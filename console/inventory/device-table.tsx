import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useNow } from '../shell/now.ts'
import { type DeviceColumn, deviceColumns } from './device-cells.tsx'
import { Row } from './device-row.tsx'
import type { DeviceRow } from './device-rows.ts'
import type { Clocks, Seen } from './use-devices.ts'

const rowHeight = 32
const headHeight = 30
/** The next page is asked for when as many rows are left, so that it is there in time. */
const ahead = 250

interface Given {
  readonly rows: readonly DeviceRow[]
  readonly clocks: Clocks
  /** How many there are in all; more than are loaded until somebody scrolls there. */
  readonly total: number | undefined
  readonly hasMore: boolean
  /** Where somebody comes back to. */
  readonly at: string | undefined
  readonly onSeen: (seen: Seen) => void
  readonly onEnd: () => void
  readonly onOpen: (device: string) => void
}

/** The devices as a grid of which only the rows on the screen exist. */
export function DeviceTable({ rows, clocks, total, hasMore, at, onSeen, onEnd, onOpen }: Given) {
  const scroller = useRef<HTMLDivElement>(null)
  const now = useNow(5_000)
  const [start] = useState(() => Math.max(0, at === undefined ? 0 : rows.findIndex(({ id }) => id === at)))
  const [cursor, setCursor] = useState(start)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialOffset: Math.max(0, start - 6) * rowHeight,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
  })
  const { isScrolling, range } = virtual
  const [from, to] = [range?.startIndex ?? 0, range?.endIndex ?? 0]
  useEffect(() => {
    if (!isScrolling) onSeen({ from, to })
  }, [isScrolling, from, to, onSeen])
  useEffect(() => {
    if (hasMore && to > rows.length - ahead) onEnd()
  }, [hasMore, to, rows.length, onEnd])
  const move = (event: KeyboardEvent) => {
    const to = cursorAfter(event.key, cursor, rows.length)
    const here = rows[cursor]
    if (event.key === 'Enter' && here) return onOpen(here.id)
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    setCursor(to)
    virtual.scrollToIndex(to)
  }
  const mayRisk = clocks !== undefined
  const columns = useMemo(() => deviceColumns.filter(({ isRisk }) => !isRisk || mayRisk), [mayRisk])
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0], items.at(-1)]
  const active = items.some(({ index }) => index === cursor) ? rows[cursor]?.id : undefined
  return (
    <div className="device-scroll" ref={scroller}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows are walked by keys
        role="grid"
        tabIndex={0}
        className={columns.length < deviceColumns.length ? 'device-table narrow' : 'device-table'}
        aria-label="Devices"
        aria-rowcount={(total ?? -2) + 1}
        aria-colcount={columns.length + 1}
        aria-activedescendant={active === undefined ? undefined : `d-${active}`}
        onKeyDown={move}
      >
        <Head columns={columns} />
        <tbody>
          <Space height={(first?.start ?? headHeight) - headHeight} columns={columns.length + 1} />
          {items.map(({ index }) => {
            const device = rows[index]
            return (
              device && (
                <Row
                  key={device.id}
                  {...{ device, index, columns, now, onOpen }}
                  told={clocks?.get(device.id)}
                  isCursor={index === cursor}
                />
              )
            )
          })}
          <Space
            height={virtual.getTotalSize() + headHeight - (last?.end ?? headHeight)}
            columns={columns.length + 1}
          />
        </tbody>
      </table>
      {hasMore && <p className="f t12 more">More devices are loaded as you scroll</p>}
    </div>
  )
}

/** The row that a key leads to: j and k, arrows, pages, ends. */
function cursorAfter(key: string, cursor: number, count: number): number | undefined {
  const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 20, PageUp: -20 }
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = steps[key]
  return step === undefined ? undefined : Math.min(count - 1, Math.max(0, cursor + step))
}

const Head = ({ columns }: { readonly columns: readonly DeviceColumn[] }) => (
  <thead>
    <tr aria-rowindex={1}>
      <th className="name" scope="col">
        Device
      </th>
      {columns.map(({ head, className }) => (
        <th key={head} className={className} scope="col">
          {head}
        </th>
      ))}
    </tr>
  </thead>
)

/** The height of rows that are not on the screen. */
const Space = ({ height, columns }: { readonly height: number; readonly columns: number }) =>
  height > 0 && (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" className="space">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
