import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiBase } from '@suture/contract/endpoint.ts'
import type { Things } from './asked.ts'

/** What a server answered, by its method and path, with the query that it was asked for. */
export type Answers = Readonly<Record<string, unknown>>

/** What was kept of a demo: what its server answered, and when. */
export interface Kept {
  /** When it was kept: the time that the faces show. */
  readonly at: string
  readonly things: Things
  /** After the whole story. */
  readonly full: Answers
  /** Of a server that was set up and has nothing yet. */
  readonly empty: Answers
}

const file = join(import.meta.dirname, '__snapshots__/answers.json')

export const readKept = (): Kept => JSON.parse(readFileSync(file, 'utf8')) as Kept

/** One answer a line, so that a change of one is seen as one. */
export function writeKept({ full, empty, ...rest }: Kept): void {
  const lines = (answers: Answers) =>
    Object.entries(answers).map(([key, answer]) => `${JSON.stringify(key)}: ${JSON.stringify(answer)}`)
  const block = (name: string, answers: Answers) => `"${name}": {\n${lines(answers).join(',\n')}\n}`
  writeFileSync(file, `${JSON.stringify(rest).slice(0, -1)},\n${block('full', full)},\n${block('empty', empty)}\n}\n`)
}

/** Under which key a request is kept: how much of a list was asked for makes no difference. */
export function keyOf(method: string, url: URL): string {
  const conditions = [...url.searchParams].filter(([name]) => name !== 'limit' && name !== 'cursor')
  const query = new URLSearchParams(conditions.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return `${method} ${url.pathname.slice(apiBase.length)}${query.size > 0 ? `?${query}` : ''}`
}

const bare = (key: string) => key.split('?')[0]

/** The answer to a request; a list that nobody asked for with these conditions is the first that was. */
export function answerTo(answers: Answers, method: string, url: URL): unknown {
  const key = keyOf(method, url)
  return answers[key] ?? Object.entries(answers).find(([each]) => bare(each) === bare(key))?.[1]
}
