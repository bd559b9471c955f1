import type { Name } from './names.ts'

/** A word that we do not use, and the one that we do. */
interface Synonym {
  readonly not: string
  readonly but: string
}

const avoided = '## Words we do not use'

/** The words that a glossary explains: what stands in bold or in code before the first colon of an entry. */
function entriesOf(glossary: string): ReadonlySet<string> {
  const heads = [...glossary.matchAll(/^- ((?:\*\*|`).*?(?:\*\*|`)):/gm)].map(([, head]) => head ?? '')
  return new Set(heads.flatMap((head) => [...head.matchAll(/\*\*(.+?)\*\*|`(.+?)`/g)].map(([, a, b]) => a ?? b ?? '')))
}

/**
 * What a glossary says of a word, at its first place.
 * @throws Error when it says nothing
 */
export function meaningOf(glossary: string, word: string): string {
  const entry = glossary
    .split('\n')
    .find((line) => line.startsWith(`- \`${word}\`: `) || line.startsWith(`- **${word}**: `))
  if (entry === undefined) throw new Error(`The glossary does not explain ${word}`)
  return entry.slice(entry.indexOf(': ') + 2)
}

/** The synonyms that a glossary rules out: the rows of its last table. */
export function synonymsOf(glossary: string): readonly Synonym[] {
  const table = glossary.slice(glossary.indexOf(avoided))
  const rows = [...table.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].slice(1)
  return rows.map(([, not = '', but = '']) => ({ not: not.trim(), but: but.trim() }))
}

/** What the code names and the glossary does not explain, one line each. */
export function unexplained(glossary: string, names: readonly Name[]): readonly string[] {
  const known = entriesOf(glossary)
  const lines = names.filter(({ name }) => !known.has(name)).map(({ name, what }) => `${name} (${what})`)
  return [...new Set(lines)]
}

/** Where a text uses a word that the glossary rules out, one line each; the list of those words itself may. */
export function misspoken(glossary: string, texts: ReadonlyMap<string, string>): readonly string[] {
  const synonyms = synonymsOf(glossary)
  return [...texts].flatMap(([path, text]) => {
    const spoken = text === glossary ? text.slice(0, text.indexOf(avoided)) : text
    return synonyms
      .filter(({ not }) => new RegExp(`(?<![\\w-])${not}s?(?![\\w-])`, 'i').test(spoken))
      .map(({ not, but }) => `${path}: ${but}, not ${not}`)
  })
}
