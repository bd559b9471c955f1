import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useWidth } from '../design/use-width.ts'
import { useNow } from '../shell/now.ts'
import { type ActOf, actOf } from '../shell/shortcuts.ts'
import { singleKeys } from '../shell/single-keys.ts'
import { deviceColumns } from './device-cells.tsx'
import { columnsIn } from './device-columns.ts'
import { Head, Row, Space } from './device-row.tsx'
import type { DeviceRow } from './device-rows.ts'
import type { Clocks, Seen } from './use-devices.ts'

const [oneLine, twoLines] = [32, 52]
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

/** The devices, in the columns for which there is room. */
export function DeviceTable(given: Given) {
  const scroller = useRef<HTMLDivElement>(null)
  const [measured, width] = useWidth()
  return (
    <div className="device-scroll" ref={scroller}>
      <div ref={measured}>{width !== undefined && <Grid {...given} scroller={scroller} width={width} />}</div>
    </div>
  )
}

interface GridGiven extends Given {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly width: number
}

/** A grid of which only the rows on the screen exist. */
function Grid({ rows, clocks, total, hasMore, at, onSeen, onEnd, onOpen, scroller, width }: GridGiven) {
  const now = useNow(5_000)
  const mayRisk = clocks !== undefined
  const { shown: columns, folded } = useMemo(
    () =>
      columnsIn(
        deviceColumns.filter(({ isRisk }) => !isRisk || mayRisk),
        width,
      ),
    [mayRisk, width],
  )
  const rowHeight = folded.length > 0 ? twoLines : oneLine
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
  useSameTop(virtual, rowHeight, from)
  const move = (event: KeyboardEvent) => {
    const act = actOf('grid', event, singleKeys())
    if (act === undefined) return
    event.preventDefault()
    const here = rows[cursor]
    if (act === 'open') return here && onOpen(here.id)
    const to = cursorAfter(act, cursor, rows.length)
    setCursor(to)
    virtual.scrollToIndex(to)
  }
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0], items.at(-1)]
  const active = items.some(({ index }) => index === cursor) ? rows[cursor]?.id : undefined
  return (
    <>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows are walked by keys
        role="grid"
        tabIndex={0}
        className={folded.length > 0 ? 'device-table folded' : 'device-table'}
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
                  {...{ device, index, columns, folded, now, onOpen }}
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
    </>
  )
}

/** Rows of another height: the one that stood at the top stays there. */
function useSameTop(virtual: Virtualizer<HTMLDivElement, Element>, rowHeight: number, from: number): void {
  const before = useRef({ rowHeight, from })
  useLayoutEffect(() => {
    if (before.current.rowHeight !== rowHeight) {
      virtual.measure()
      virtual.scrollToIndex(before.current.from, { align: 'start' })
    }
    before.current = { rowHeight, from }
  }, [virtual, rowHeight, from])
}

const steps = { next: 1, previous: -1, 'page-down': 20, 'page-up': -20 } as const

/** The row that a key leads to. */
function cursorAfter(act: Exclude<ActOf<'grid'>, 'open'>, cursor: number, count: number): number {
  if (act === 'first') return 0
  if (act === 'last') return count - 1
  return Math.min(count - 1, Math.max(0, cursor + steps[act]))
}
