import { parseQuery } from './parse.ts'
import { isQueryProblem, type Span } from './query.ts'

/** What somebody writes at a place of a query: the name of a field, or a value of one. */
export interface Writing {
  /** None while it may become the name of a field, or stays a word to look for. */
  readonly field?: string
  /** What stands there so far, without quotes. */
  readonly starts: string
  /** What a completion takes the place of. */
  readonly at: Span
  /** The rest of the query, where it narrows what the value may be. */
  readonly others?: string
}

const comparison = /^(-?)([a-z][\w.-]*)(=[a-z]*=|:~|[:<>!]?=|[:<>])/i

/** From where the word and the value at a place go. */
interface Place {
  readonly word: number
  readonly value: number
  readonly field?: string
  readonly quote?: string
}

/** Reads up to a place as the parser would, without minding what is unfinished. */
function placeOf(text: string, caret: number): Place {
  let [word, value, field, quote]: [number, number, string | undefined, string | undefined] = [
    0,
    0,
    undefined,
    undefined,
  ]
  for (let at = 0; at < caret; at++) {
    const next = text.charAt(at)
    if (next === '\\') at++
    else if (quote !== undefined) quote = next === quote ? undefined : quote
    else if (/["']/.test(next) && (at === value || /[:=<>~]/.test(text.charAt(at - 1)))) quote = next
    else if (next === '(') {
      const [whole, , name] = comparison.exec(text.slice(word, at)) ?? []
      field = whole?.length === at - word ? name : undefined
      value = at + 1
      if (field === undefined) word = at + 1
    } else if (next === ')') [word, value, field] = [at + 1, at + 1, undefined]
    else if (/[\s,;]/.test(next)) {
      value = at + 1
      if (field === undefined) word = at + 1
    }
  }
  return { word, value, ...(field === undefined ? {} : { field }), ...(quote === undefined ? {} : { quote }) }
}

/** Where the word ends that a place is in. */
function endOf(text: string, caret: number, quote: string | undefined): number {
  let at = caret
  while (at < text.length && (quote === undefined ? !/[\s(),;]/.test(text.charAt(at)) : text.charAt(at) !== quote)) at++
  return quote !== undefined && at < text.length ? at + 1 : at
}

const plain = (text: string): string => text.replace(/^["']|["']$/g, '').replaceAll(/\\(.)/g, '$1')

/** The rest of a query where all of it must hold; nothing where it cannot be read, or says what may hold instead. */
function othersIn(text: string, { from, to }: Span): { readonly others?: string } {
  const before = text.slice(0, from).replace(/(\sand\s*|;\s*|\s+)$/i, '')
  const after = text.slice(to).replace(/^(\s*and\s|\s*;|\s+)/i, '')
  const rest = `${before} ${after}`.trim()
  const read = parseQuery(rest)
  return isQueryProblem(read) || read.kind === 'any' ? {} : { others: rest }
}

/** What is being written at a place of a query. */
export function writingAt(text: string, caret: number): Writing {
  const { word, value, field, quote } = placeOf(text, caret)
  const to = endOf(text, caret, quote)
  const end =
    field === undefined
      ? to
      : endOf(text, text.indexOf(')', to) < 0 ? text.length : text.indexOf(')', to) + 1, undefined)
  const others = othersIn(text, { from: word, to: end })
  if (field !== undefined) return { field, starts: plain(text.slice(value, caret)), at: { from: value, to }, ...others }
  const [whole, minus = '', name] = comparison.exec(text.slice(word, caret)) ?? []
  if (whole !== undefined && name !== undefined) {
    const from = word + whole.length
    return { field: name, starts: plain(text.slice(from, caret)), at: { from, to }, ...others }
  }
  const from = word + (text.charAt(word) === '-' ? 1 : minus.length)
  return { starts: plain(text.slice(from, caret)), at: { from, to }, ...others }
}

/** The text with a completion taken, and where one writes on. */
export function completed(
  text: string,
  { at }: Writing,
  by: string,
): { readonly text: string; readonly caret: number } {
  return { text: text.slice(0, at.from) + by + text.slice(at.to), caret: at.from + by.length }
}
