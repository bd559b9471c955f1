/** Which devices of a list are meant: some that were pointed at, or all that fit its query, loaded or not. */
export type Selection =
  | { readonly kind: 'some'; readonly ids: ReadonlySet<string>; readonly anchor: string | undefined }
  | { readonly kind: 'all' }

export const nobody: Selection = { kind: 'some', ids: new Set(), anchor: undefined }
export const everybody: Selection = { kind: 'all' }

/** How many are meant, where `total` fit. */
export const countOf = (selection: Selection, total: number): number =>
  selection.kind === 'all' ? total : selection.ids.size

export const isMeant = (selection: Selection, id: string): boolean => selection.kind === 'all' || selection.ids.has(id)

/** One more, or one less; where all are meant, only this one from then on. */
export function toggled(selection: Selection, id: string): Selection {
  if (selection.kind === 'all') return { kind: 'some', ids: new Set([id]), anchor: id }
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { kind: 'some', ids, anchor: id }
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
