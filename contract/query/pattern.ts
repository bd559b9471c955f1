import type { Pattern } from './query.ts'

/** What contains a text: it stands between two gaps. */
export const within = (pattern: Pattern): Pattern => ['', ...pattern, '']

/** Whether a text is what a pattern says, in whatever case. Each piece is looked for once: a later place never fits better. */
export function fits([first, ...others]: Pattern, text: string): boolean {
  const whole = text.toLowerCase()
  const last = others.pop()?.toLowerCase()
  if (last === undefined) return whole === first.toLowerCase()
  if (!whole.startsWith(first.toLowerCase())) return false
  let at = first.length
  for (const piece of others) {
    const found = whole.indexOf(piece.toLowerCase(), at)
    if (found < 0) return false
    at = found + piece.length
  }
  return whole.length - last.length >= at && whole.endsWith(last)
}
