/** How close the rows of the list stand. */
export const densities = ['compact', 'usual', 'roomy'] as const
export type Density = (typeof densities)[number]

/** The columns that there are beside the name, by the letter that stands for each in an address. */
export const columnNames = {
  s: 'Serial',
  t: 'State',
  m: 'Model',
  y: 'Type',
  r: 'Revision',
  b: 'Bootloader',
  f: 'Firmware',
  k: 'Known by',
  d: 'Next deadline',
  n: 'Findings',
  o: 'Decision',
  i: 'Site',
  p: 'Place',
  h: 'Last heard',
} as const
export type ColumnKey = keyof typeof columnNames
export const columnKeys = Object.keys(columnNames) as ColumnKey[]

/** How somebody looks at the list: which columns in which order, and how close the rows stand. */
export interface ListLook {
  readonly columns: readonly ColumnKey[]
  readonly density: Density
}

export const usualLook: ListLook = { columns: ['m', 'r', 'f', 'k', 'd', 'n', 'p', 'h'], density: 'usual' }

/** The columns that a short text names, such as `mfd`; undefined when it names none. */
export function columnsOf(text: unknown): readonly ColumnKey[] | undefined {
  if (typeof text !== 'string') return undefined
  const named = [...new Set(text)].filter((key): key is ColumnKey => Object.hasOwn(columnNames, key))
  return named.length > 0 ? named : undefined
}

export const densityOf = (text: unknown): Density | undefined => densities.find((each) => each === text)

/** One column moved by so many places among the others. */
export function moved(columns: readonly ColumnKey[], key: ColumnKey, by: 1 | -1): readonly ColumnKey[] {
  const at = columns.indexOf(key)
  const to = at + by
  if (at < 0 || to < 0 || to >= columns.length) return columns
  const others = columns.filter((each) => each !== key)
  return [...others.slice(0, to), key, ...others.slice(to)]
}

/** One column more, at the end, or one less; the last one stays. */
export function switched(columns: readonly ColumnKey[], key: ColumnKey): readonly ColumnKey[] {
  if (!columns.includes(key)) return [...columns, key]
  return columns.length === 1 ? columns : columns.filter((each) => each !== key)
}

const kept = 'suture-device-list'

/** What somebody chose last on this device. */
export function keptLook(): ListLook {
  const [columns, density] = (localStorage.getItem(kept) ?? '').split(' ')
  return { columns: columnsOf(columns) ?? usualLook.columns, density: densityOf(density) ?? usualLook.density }
}

export const keepLook = ({ columns, density }: ListLook): void =>
  localStorage.setItem(kept, `${columns.join('')} ${density}`)
