/** How the demo ended under a sabotage, and what it said. */
export interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** What the demo prints, as far as it is read here; nothing when it is not that. */
function toldIn(out: string): { readonly checker: { readonly ok: boolean } } | undefined {
  try {
    const told = JSON.parse(out) as { checker?: { ok?: unknown } }
    return typeof told.checker?.ok === 'boolean' ? { checker: { ok: told.checker.ok } } : undefined
  } catch {
    return undefined
  }
}

/** Why a sabotage does not count as noticed; nothing when the checker was red about it. */
export function blindness({ status, out, err }: Ended, seen: RegExp): string | undefined {
  const told = toldIn(out)
  if (!told || status !== 1) return `the demo ended with ${status}: ${err.slice(0, 600)}`
  if (told.checker.ok) return `the checker is green; the demo says: ${err}`
  return seen.test(err) ? undefined : `the checker is red about something else: ${err}`
}
