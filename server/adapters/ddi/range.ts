/** Which bytes of a whole a request is answered with. */
export type Wanted =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' }

/** What was asked for. */
interface Asked {
  readonly range: string | undefined
  /** The validator under which the range holds (RFC 9110 section 13.1.5). */
  readonly ifRange: string | undefined
}

/**
 * The part that a `Range` header asks for (RFC 9110 section 14). What is malformed, in several parts, or of another
 * representation than `If-Range` names is answered with the whole, as the standard allows.
 */
export function wantedPart({ range, ifRange }: Asked, length: number, etag: string): Wanted {
  const found = range === undefined ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range.trim())
  if (!found || (ifRange !== undefined && ifRange !== etag)) return { kind: 'whole' }
  const [, from = '', to = ''] = found
  if (from === '' && to === '') return { kind: 'whole' }
  if (from === '') {
    const last = Number(to)
    return last === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start: Math.max(0, length - last), end: length - 1 }
  }
  const [start, end] = [Number(from), to === '' ? length - 1 : Math.min(Number(to), length - 1)]
  if (to !== '' && Number(to) < start) return { kind: 'whole' }
  return start >= length ? { kind: 'unsatisfiable' } : { kind: 'part', start, end }
}

/** Whether an `If-Match` header allows this representation (RFC 9110 section 13.1.1). */
export const allowsMatch = (ifMatch: string | undefined, etag: string): boolean =>
  ifMatch === undefined || ifMatch.trim() === '*' || ifMatch.split(',').some((each) => each.trim() === etag)
