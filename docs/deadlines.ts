import bod from '../server/risk/decisions/bod-26-04.json' with { type: 'json' }
import { meaningOf } from './glossary.ts'

type Row = (typeof bod.rows)[number]

const urgency = (row: Row) => bod.outcomes.findIndex(({ key }) => key === row.outcome)

const rowOf = (row: Row): string =>
  `| ${row.publiclyExposed} | ${row.inKev} | ${row.automatable} | ${row.technicalImpact} | \`${row.outcome}\` |`

/** The table by which deadlines are decided, with where it comes from. */
export function deadlinesPage(glossary: string): string {
  const rows = [...bod.rows].sort((a, b) => urgency(b) - urgency(a))
  const { source } = bod
  return `# The table behind every deadline

Four facts, five outcomes. It is ${source.name}, as it stood on ${source.pinned} ([source](${source.url})), and pinned by its SHA-256. What is not known is
looked up in every way in which it could turn out, and the most urgent counts. How a clock begins and when it ends is
[policy of ours](../adr/0023-deadlines.md), which each decision names.

| Outcome | What it means |
|---|---|
${bod.outcomes.map(({ key }) => `| \`${key}\` | ${meaningOf(glossary, key)} |`).join('\n')}

| Reachable from public networks | Known to be exploited | Automatable | Technical impact | Outcome |
|---|---|---|---|---|
${rows.map(rowOf).join('\n')}
`
}
