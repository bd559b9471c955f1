/** Which devices of a list are meant: some that were pointed at, or all that fit its query, loaded or not, but a few. */
export type Selection =
  | { readonly kind: 'some'; readonly ids: ReadonlySet<string>; readonly anchor: string | undefined }
  | { readonly kind: 'all'; readonly except: ReadonlySet<string> }

/** As many ids as a query, and the address that holds it, have room for beside the rest. */
export const mostIds = 40

export const nobody: Selection = { kind: 'some', ids: new Set(), anchor: undefined }
export const everybody: Selection = { kind: 'all', except: new Set() }

/** How many are meant, where `total` fit. */
export const countOf = (selection: Selection, total: number): number =>
  selection.kind === 'all' ? Math.max(0, total - selection.except.size) : selection.ids.size

export const isMeant = (selection: Selection, id: string): boolean =>
  selection.kind === 'all' ? !selection.except.has(id) : selection.ids.has(id)

/** Whether no more can be left out of all. */
export const isFull = (selection: Selection): boolean => selection.kind === 'all' && selection.except.size >= mostIds

/** One more, or one less; of all, as many can be left out as a query can name. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.kind === 'all' ? selection.except : selection.ids)
  const isIn = ids.delete(id)
  if (!isIn && isFull(selection)) return selection
  if (!isIn) ids.add(id)
  return selection.kind === 'all' ? { kind: 'all', except: ids } : { kind: 'some', ids, anchor: id }
}

/** Every device, as a query says it. */
const all = 'name:*'
const named = (ids: ReadonlySet<string>): string => `id:(${[...ids].join(',')})`

/** The query that means the selection in a list with the query `q`; undefined where it would be too long. */
export function queryOf(selection: Selection, q: string | undefined): string | undefined {
  if (selection.kind === 'some') return selection.ids.size <= mostIds ? named(selection.ids) : undefined
  if (selection.except.size === 0) return q ?? all
  return q === undefined ? `-${named(selection.except)}` : `(${q}) -${named(selection.except)}`
}

/** All from the one that was pointed at last to this one, in the order of the list. */
export function upTo(selection: Selection, id: string, order: readonly string[]): Selection {
  if (selection.kind === 'all' || selection.anchor === undefined) return toggled(selection, id)
  const [from, to] = [order.indexOf(selection.anchor), order.indexOf(id)]
  if (from < 0 || to < 0) return toggled(selection, id)
  const between = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { kind: 'some', ids: new Set([...selection.ids, ...between]), anchor: selection.anchor }
}

/** The rows that are loaded, as many as can be named; pressed again, none. */
export function pageOf(selection: Selection, order: readonly string[], most: number): Selection {
  const rows = order.slice(0, most)
  const isWhole = rows.length > 0 && rows.every((id) => isMeant(selection, id))
  return isWhole ? nobody : { kind: 'some', ids: new Set(rows), anchor: undefined }
}
