import type { ActOf } from '../shell/shortcuts.ts'

/** How square cells lie in rows, from the top left on; all lengths in CSS pixels. */
export interface Packing {
  readonly count: number
  /** From one cell to the next. */
  readonly pitch: number
  /** The side of what is drawn of a cell. */
  readonly edge: number
  readonly perRow: number
  readonly height: number
}

const [least, most, grain] = [4, 16, 0.5]

const rowsOf = (count: number, perRow: number): number => Math.ceil(count / perRow)

/**
 * The largest cells between 4 and 16 px that fit; where even the smallest do not, the smallest, and more height.
 * @param width at least the smallest cell
 */
export function pack(count: number, width: number, height: number): Packing {
  let pitch = most
  const perRow = () => Math.max(1, Math.floor(width / pitch))
  while (pitch > least && rowsOf(count, perRow()) * pitch > height) pitch -= grain
  const edge = pitch > 8 ? pitch - 3 : pitch > 5 ? pitch - 1.5 : pitch - 1
  return { count, pitch, edge, perRow: perRow(), height: rowsOf(count, perRow()) * pitch }
}

/** The top left corner of a cell. */
export const placeOf = ({ pitch, perRow }: Packing, at: number): { readonly x: number; readonly y: number } => ({
  x: (at % perRow) * pitch,
  y: Math.floor(at / perRow) * pitch,
})

/** Which cell is at a point, its share of the gap included. */
export function cellAt({ count, pitch, perRow }: Packing, x: number, y: number): number | undefined {
  const [column, row] = [Math.floor(x / pitch), Math.floor(y / pitch)]
  if (column < 0 || row < 0 || column >= perRow) return undefined
  const at = row * perRow + column
  return at < count ? at : undefined
}

/** Where a step leads from a cell; past the edge it leads nowhere. */
export function moved(
  { count, perRow }: Packing,
  at: number,
  step: Exclude<ActOf<'cells'>, 'open' | 'leave'>,
): number | undefined {
  if (count === 0) return undefined
  const steps = { left: at - 1, right: at + 1, up: at - perRow, down: at + perRow, first: 0, last: count - 1 }
  const to = steps[step]
  return to < 0 || to >= count ? at : to
}
