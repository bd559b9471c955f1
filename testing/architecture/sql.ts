const name = String.raw`((?:[\w"]+\.)?[\w"]+|\?)`

/** How a statement opens; prose that merely uses the words in the middle of a sentence is left alone. */
const opening = new RegExp(
  String.raw`(?:^|[;(\n])\s*(?:explain[\w\s,()]*?\s)?(?:` +
    [
      String.raw`(select)\s+(?:[\d$?*]|[\s\S]*?(?:\bfrom\b|\w\())`,
      String.raw`(with)\s+(?:recursive\s+)?\w+\s+(?:\([^)]*\)\s+)?as\s+(?:not\s+)?(?:materialized\s+)?\(`,
      String.raw`(insert|merge)\s+into\s+${name}`,
      String.raw`(update)\s+(?:only\s+)?${name}(?:\s+(?:as\s+)?\w+)?\s+set\b`,
      String.raw`(delete)\s+from\s+${name}`,
      String.raw`(truncate)\s+(?:table\s+)?[\w".?]+\s*(?:;|$|cascade|restart)`,
      String.raw`(create|alter|drop)\s+(?:or\s+replace\s+)?(?:unlogged\s+|temp\s+|temporary\s+|unique\s+|materialized\s+)?(?:table|index|policy|function|view|schema|extension)\s+[\w"?]`,
    ].join('|') +
    ')',
  'gi',
)

/** Whether a string is SQL. Keywords in sentence case are prose: nobody writes `Select … From`. */
export function looksLikeSql(text: string): boolean {
  return [...text.matchAll(opening)].some((match) => {
    const keyword = match.slice(1).find((group) => group !== undefined) ?? ''
    return keyword === keyword.toLowerCase() || keyword === keyword.toUpperCase()
  })
}

const writing = [
  String.raw`\b(?:insert|merge)\s+into\s+${name}`,
  String.raw`\bdelete\s+from\s+(?:only\s+)?${name}`,
  String.raw`\bupdate\s+(?:only\s+)?${name}(?:\s+(?:as\s+)?\w+)?\s+set\b`,
  String.raw`\btruncate\s+(?:table\s+)?${name}`,
].map((source) => new RegExp(source, 'gi'))

const bare = (table: string) =>
  table
    .replaceAll('"', '')
    .toLowerCase()
    .replace(/^public\./, '')
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => bare(match[1] ?? ''))

/** The tables that raw SQL writes; `?` is one whose name is computed. */
export const tablesWritten = (text: string): readonly string[] => writing.flatMap((pattern) => all(text, pattern))

/** What one migration file does to tables, as far as its plain statements say. */
export interface Migration {
  readonly path: string
  readonly creates: readonly string[]
  readonly drops: readonly string[]
  readonly enables: readonly string[]
  readonly forces: readonly string[]
}

export function readMigration(path: string, text: string): Migration {
  const plain = text.replace(/--.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '')
  const altered = [
    ...plain.matchAll(new RegExp(String.raw`\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?${name}([^;]*)`, 'gi')),
  ]
  const altering = (action: RegExp) =>
    altered.filter((match) => action.test(match[2] ?? '')).map((match) => bare(match[1] ?? ''))
  return {
    path,
    creates: all(
      plain,
      new RegExp(String.raw`\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?${name}`, 'gi'),
    ),
    drops: all(plain, new RegExp(String.raw`\bdrop\s+table\s+(?:if\s+exists\s+)?${name}`, 'gi')),
    enables: altering(/\benable\s+row\s+level\s+security/i),
    forces: altering(/(?<!no\s)\bforce\s+row\s+level\s+security/i),
  }
}
