import { mostNamedDevices } from '@suture/contract/device-actions.ts'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import {
  type Dispatch,
  type KeyboardEvent,
  type RefObject,
  type SetStateAction,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useWidth } from '../design/use-width.ts'
import { useNow } from '../shell/now.ts'
import { type ActOf, actOf } from '../shell/shortcuts.ts'
import { singleKeys } from '../shell/single-keys.ts'
import { columnsFor } from './device-cells.tsx'
import { columnsIn, pickWidth } from './device-columns.ts'
import { Head, type Pick, Row, Space } from './device-row.tsx'
import type { DeviceRow } from './device-rows.ts'
import type { Density, ListLook } from './list-look.ts'
import { countOf, isMeant, nobody, pageOf, type Selection, toggled, upTo } from './selection.ts'
import type { Clocks, Seen } from './use-devices.ts'

const oneLine: Readonly<Record<Density, number>> = { compact: 28, usual: 32, roomy: 40 }
const twoLines = 52
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
  readonly look: ListLook
  readonly selection: Selection
  /** Left out where whoever looks may do nothing to devices. */
  readonly onSelect: Dispatch<SetStateAction<Selection>> | undefined
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
function Grid(given: GridGiven) {
  const { rows, clocks, total, hasMore, at, look, selection, onSelect, onSeen, onEnd, onOpen, scroller, width } = given
  const now = useNow(5_000)
  const room = onSelect ? width - pickWidth : width
  const { shown: columns, folded } = useColumns(look.columns, clocks !== undefined, room)
  const rowHeight = folded.length > 0 ? twoLines : oneLine[look.density]
  const order = useMemo(() => rows.map(({ id }) => id), [rows])
  const mean = useCallback(
    (id: string, isRange: boolean) => onSelect?.((before) => (isRange ? upTo(before, id, order) : toggled(before, id))),
    [onSelect, order],
  )
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
    if (actOf('everywhere', event, singleKeys()) === 'leave') return onSelect?.(nobody)
    const act = actOf('grid', event, singleKeys())
    if (act === undefined) return
    event.preventDefault()
    const here = rows[cursor]
    if (act === 'open') return here && onOpen(here.id)
    if (act === 'select' || act === 'range') return here && mean(here.id, act === 'range')
    const to = cursorAfter(act, cursor, rows.length)
    setCursor(to)
    virtual.scrollToIndex(to)
  }
  const columnCount = columns.length + (onSelect ? 2 : 1)
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0], items.at(-1)]
  const active = items.some(({ index }) => index === cursor) ? rows[cursor]?.id : undefined
  return (
    <>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows are walked by keys
        role="grid"
        tabIndex={0}
        className={[
          'device-table',
          look.density,
          ...(folded.length > 0 ? ['folded'] : []),
          ...(onSelect ? ['picks'] : []),
        ].join(' ')}
        aria-multiselectable={onSelect !== undefined}
        aria-label="Devices"
        aria-rowcount={(total ?? -2) + 1}
        aria-colcount={columnCount}
        aria-activedescendant={active === undefined ? undefined : `d-${active}`}
        onKeyDown={move}
      >
        <Head columns={columns} pick={onSelect && pickOf(selection, order, onSelect)} />
        <tbody>
          <Space height={(first?.start ?? headHeight) - headHeight} columns={columnCount} />
          {items.map(({ index }) => {
            const device = rows[index]
            return (
              device && (
                <Row
                  key={device.id}
                  {...{ device, index, columns, folded, now, onOpen }}
                  told={clocks?.get(device.id)}
                  isCursor={index === cursor}
                  isMeant={onSelect && isMeant(selection, device.id)}
                  onMean={mean}
                />
              )
            )
          })}
          <Space height={virtual.getTotalSize() + headHeight - (last?.end ?? headHeight)} columns={columnCount} />
        </tbody>
      </table>
      {hasMore && <p className="f t12 more">More devices are loaded as you scroll</p>}
    </>
  )
}

/** The columns for which there is room, of those that somebody chose and may see. */
const useColumns = (keys: ListLook['columns'], mayRisk: boolean, room: number) =>
  useMemo(
    () =>
      columnsIn(
        columnsFor(keys).filter(({ isRisk }) => !isRisk || mayRisk),
        room,
      ),
    [keys, mayRisk, room],
  )

/** How the loaded rows stand to the selection, and what the box in the head does. */
function pickOf(selection: Selection, order: readonly string[], onSelect: (next: Selection) => void): Pick {
  const rows = order.slice(0, mostNamedDevices)
  const isWhole = rows.length > 0 && rows.every((id) => isMeant(selection, id))
  return {
    isWhole,
    isPart: !isWhole && countOf(selection, 1) > 0,
    onPage: () => onSelect(pageOf(selection, order, mostNamedDevices)),
  }
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

/** What leads to another row. */
type Walk = Exclude<ActOf<'grid'>, 'open' | 'select' | 'range'>

const steps = { next: 1, previous: -1, 'page-down': 20, 'page-up': -20 } as const

/** The row that a key leads to. */
function cursorAfter(act: Walk, cursor: number, count: number): number {
  if (act === 'first') return 0
  if (act === 'last') return count - 1
  return Math.min(count - 1, Math.max(0, cursor + steps[act]))
}
