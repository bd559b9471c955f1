import { readQuery } from '@suture/contract/query/check.ts'
import type { Fields } from '@suture/contract/query/field.ts'
import { isQueryProblem } from '@suture/contract/query/query.ts'
import { Failure } from './failure.ts'

/** As much of a query as is shown before and after what is wrong with it. */
const around = 60

/**
 * A query as it goes to the server, once it can be read: what is wrong with it is shown under it, before anything is asked.
 * @throws Failure with the place, and the query that may have been meant
 */
export function readableQuery(text: string, fields: Fields): string {
  const read = readQuery(text, fields, new Date())
  if (!isQueryProblem(read)) return text
  const { problem, at, meant } = read
  const from = Math.max(0, at.from - around)
  const mark = `${' '.repeat(at.from - from)}${'^'.repeat(Math.max(1, Math.min(at.to - at.from, around)))}`
  const lines = [`${problem}.`, `  ${text.slice(from, at.from + around).replaceAll(/\s/g, ' ')}`, `  ${mark}`]
  throw new Failure([...lines, ...(meant === undefined ? [] : [`Did you mean: ${meant}`])].join('\n'))
}
