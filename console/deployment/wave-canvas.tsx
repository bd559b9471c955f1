import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef } from 'react'
import { useWidth } from '../design/use-width.ts'
import { useTheme } from '../shell/appearance.ts'
import { actOf } from '../shell/shortcuts.ts'
import { singleKeys } from '../shell/single-keys.ts'
import { lookOfCell } from './cell-words.ts'
import { sizeOf, stateAt, type WaveCells } from './cells.ts'
import { cellAt, moved, type Packing, pack, placeOf } from './packing.ts'
import { type Colours, colourTokens, paint } from './paint.ts'

/** At most four a second. */
const repaintMs = 250
const mostHeight = 432

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(
    Object.entries(colourTokens).map(([name, token]) => [name, style.getPropertyValue(token).trim()]),
  ) as unknown as Colours
}

/** Paints what there is, soon after it changed and never more often than that. */
function usePaint(cells: WaveCells, packing: Packing | undefined) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const paintedAt = useRef(Number.NEGATIVE_INFINITY)
  const theme = useTheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the page’s style
  useEffect(() => {
    if (!packing) return
    const timer = setTimeout(
      () => {
        paintedAt.current = performance.now()
        if (canvas.current) paint(canvas.current, cells, packing, readColours())
      },
      Math.max(0, repaintMs - (performance.now() - paintedAt.current)),
    )
    return () => clearTimeout(timer)
  }, [cells, packing?.count, packing?.pitch, packing?.perRow, theme])
  return canvas
}

interface Given {
  readonly cells: WaveCells
  /** Which cell has the ring. */
  readonly at: number | undefined
  /** Told which cell the pointer or a key is on, and where that is on the screen. */
  readonly onPick: (at: number | undefined, where?: { readonly x: number; readonly y: number }) => void
  readonly onOpen: (at: number) => void
}

const cellText = (cells: WaveCells, at: number): string =>
  `${cells.jobs[at]?.deviceName ?? 'A device'}: ${lookOfCell(stateAt(cells, at)).word}, cell ${at + 1} of ${sizeOf(cells)}`

/** The devices of one wave as cells of a picture; arrow keys go from one to the next. */
export function WaveCanvas({ cells, at, onPick, onOpen }: Given) {
  const [box, width] = useWidth()
  const optionId = useId()
  const packing = width === undefined || width < 4 ? undefined : pack(sizeOf(cells), width, mostHeight)
  const canvas = usePaint(cells, packing)
  const pick = (to: number) => {
    const rect = canvas.current?.getBoundingClientRect()
    if (!packing || !rect) return
    const { x, y } = placeOf(packing, to)
    onPick(to, { x: rect.left + x, y: rect.top + y + packing.pitch })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const act = actOf('cells', event, singleKeys())
    if (act === undefined || (act === 'open' && at === undefined)) return
    event.preventDefault()
    if (act === 'leave') return onPick(undefined)
    if (act === 'open') return at !== undefined && onOpen(at)
    const to = packing && moved(packing, at ?? 0, act)
    if (to !== undefined) pick(to)
  }
  const onPointerMove = (event: PointerEvent) => {
    const rect = canvas.current?.getBoundingClientRect()
    const to = packing && rect && cellAt(packing, event.clientX - rect.left, event.clientY - rect.top)
    if (to !== undefined && to !== at) pick(to)
  }
  return (
    <div
      ref={box}
      className="cellbox"
      role="listbox"
      tabIndex={0}
      aria-label={`Wave ${cells.no}: ${sizeOf(cells)} devices, worst first`}
      aria-activedescendant={optionId}
      onFocus={() => at === undefined && pick(0)}
      onKeyDown={onKeyDown}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerMove}
    >
      <canvas ref={canvas} style={packing && { width: packing.perRow * packing.pitch, height: packing.height }} />
      {packing && at !== undefined && <Ring packing={packing} at={at} />}
      <span id={optionId} role="option" aria-selected={at !== undefined} tabIndex={-1} className="unseen">
        {cellText(cells, at ?? 0)}
      </span>
    </div>
  )
}

function Ring({ packing, at }: { readonly packing: Packing; readonly at: number }) {
  const { x, y } = placeOf(packing, at)
  const side = packing.pitch + 2
  return <i className="ring" style={{ transform: `translate(${x - 1}px, ${y - 1}px)`, width: side, height: side }} />
}
