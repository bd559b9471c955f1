/** What decides whether a column has room. */
export interface Fitted {
  /** The least width in px at which it can be read. */
  readonly width: number
  /** The order in which columns are left out where there is no room; one without stays. */
  readonly goes?: number
  /** Left out, it stands in the second line of the device’s own cell. */
  readonly folds?: boolean
}

/** The least width in px of the column with the device’s name. */
export const nameWidth = 190

/** The width in px of the column in which devices are selected. */
export const pickWidth = 34

/**
 * The columns for which a list has room beside the name, and those that go into a second line under it.
 * @param width of the list, in px
 */
export function columnsIn<T extends Fitted>(columns: readonly T[], width: number) {
  const gone = new Set<T>()
  let room = columns.reduce((left, column) => left - column.width, width - nameWidth)
  const going = columns.filter(({ goes }) => goes !== undefined).sort((a, b) => (a.goes ?? 0) - (b.goes ?? 0))
  for (const column of going) {
    if (room >= 0) break
    gone.add(column)
    room += column.width
  }
  return {
    shown: columns.filter((column) => !gone.has(column)),
    folded: columns.filter((column) => column.folds && gone.has(column)),
  }
}
