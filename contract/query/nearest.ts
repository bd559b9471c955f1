/** In how many steps one text becomes another: a character more, less, other, or two exchanged (Damerau, 1964). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i || j))
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const row = rows[i]
      if (row)
        row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, isExchanged ? at(i - 2, j - 2) + 1 : changed)
    }
  return at(a.length, b.length)
}

/** The longest text that is compared: what is longer is no slip of the finger. */
const longest = 40

/** What somebody may have meant by a word that is none of these; nothing where no word is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const sought = word.toLowerCase()
  if (sought.length > longest || sought === '') return undefined
  const begun = words.filter((each) => each.toLowerCase().startsWith(sought))
  if (begun.length === 1 && sought.length > 1) return begun[0]
  const near = words.map((each) => ({ each, away: distance(sought, each.toLowerCase()) }))
  const [best] = near.sort((a, b) => a.away - b.away)
  return best && best.away <= Math.max(1, Math.floor(sought.length / 3)) ? best.each : undefined
}
