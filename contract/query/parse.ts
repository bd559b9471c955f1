import {
  isQueryProblem,
  joined,
  mostQueryCharacters,
  mostQueryDepth,
  mostQueryGaps,
  mostQueryTerms,
  type Pattern,
  type Query,
  type QueryProblem,
  type Span,
  type Term,
  textField,
  viewField,
} from './query.ts'
import { type Comparison, comparisonAt } from './spelling.ts'

const blank = /\s/
/** What ends a bare word. */
const stop = /[\s(),;]/
/** A query that was kept, by its name; whatever else begins with the sign is a word. */
const viewName = /^@([a-z0-9][a-z0-9-]{0,39})(?=[\s(),;]|$)/
const fieldName = /^[a-z][\w.-]*(?=[:=!<>])/i

class Trouble extends Error {
  readonly told: QueryProblem
  constructor(told: QueryProblem) {
    super(told.problem)
    this.told = told
  }
}

/** A value that is written without its field. */
const unnamed = (field: string, value: Pattern, at: Span): Term => ({
  kind: 'term',
  field,
  operator: '=',
  values: [value],
  at: { field: at, operator: at, values: at },
})

/** Reads from left to right and never goes back, so that a text takes as long as it is long. */
class Reader {
  readonly #text: string
  #at = 0
  #terms = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Query {
    const query = this.#any()
    if (this.#at < this.#text.length) this.#fail('There is no bracket that this one closes', this.#at, this.#at + 1)
    return query
  }

  #fail(problem: string, from: number, to = this.#text.length, meant?: string): never {
    throw new Trouble({
      problem,
      at: { from, to: Math.min(to, this.#text.length) },
      ...(meant === undefined ? {} : { meant }),
    })
  }

  /** The text with a part of it replaced. */
  #with(span: Span, part: string): string {
    return this.#text.slice(0, span.from) + part + this.#text.slice(span.to)
  }

  #skip(): void {
    while (this.#at < this.#text.length && blank.test(this.#text.charAt(this.#at))) this.#at++
  }

  /** Steps over a word that joins, or a character that does; RSQL takes both. */
  #steps(word: string, character: string): boolean {
    this.#skip()
    if (this.#text.charAt(this.#at) === character) {
      this.#at++
      return true
    }
    const end = this.#at + word.length
    const isIt = this.#text.slice(this.#at, end).toLowerCase() === word
    if (!isIt || !/^([\s()]|$)/.test(this.#text.charAt(end))) return false
    this.#at = end
    return true
  }

  #any(): Query {
    const parts = [this.#all()]
    while (this.#steps('or', ',')) parts.push(this.#all())
    return joined('any', parts)
  }

  #all(): Query {
    const parts = [this.#one()]
    while (this.#steps('and', ';') || this.#goesOn()) parts.push(this.#one())
    return joined('all', parts)
  }

  /** Whether something follows that a blank alone joins. */
  #goesOn(): boolean {
    this.#skip()
    const next = this.#text.slice(this.#at, this.#at + 3)
    return next !== '' && !/^([),]|or([\s()]|$))/i.test(next)
  }

  #one(): Query {
    this.#skip()
    if (++this.#depth > mostQueryDepth) this.#fail(`More than ${mostQueryDepth} brackets stand in each other`, this.#at)
    const query = this.#inner()
    this.#depth--
    return query
  }

  #inner(): Query {
    const from = this.#at
    const next = this.#text.charAt(from)
    if (next === '-' || this.#steps('not', '!')) {
      if (next === '-') this.#at++
      return { kind: 'not', of: this.#one() }
    }
    if (next !== '(') return this.#term()
    this.#at++
    const query = this.#any()
    this.#skip()
    if (this.#text.charAt(this.#at) !== ')')
      this.#fail('This bracket is never closed', from, from + 1, `${this.#text.trimEnd()})`)
    this.#at++
    return query
  }

  #term(): Query {
    if (++this.#terms > mostQueryTerms) this.#fail(`A query has at most ${mostQueryTerms} comparisons`, this.#at)
    const from = this.#at
    const view = viewName.exec(this.#text.slice(from, from + 42))?.[1]
    if (view !== undefined) {
      this.#at += view.length + 1
      return unnamed(viewField, [view], { from, to: this.#at })
    }
    // A name is short: what is longer is none, and is not searched for its end.
    const name = fieldName.exec(this.#text.slice(from, from + 80))?.[0]
    if (name === undefined) return this.#word(from)
    this.#at += name.length
    const [sign, operator, turned] = this.#operator()
    const at = { field: { from, to: from + name.length }, operator: { from: from + name.length, to: this.#at } }
    const begun = this.#at
    const values = this.#values(`${name}${sign}`)
    const term: Term = {
      kind: 'term',
      field: name,
      operator,
      values,
      at: { ...at, values: { from: begun, to: this.#at } },
    }
    return turned ? { kind: 'not', of: term } : term
  }

  #word(from: number): Term {
    const value = this.#value()
    if (value === undefined)
      return this.#fail('Something to look for is missing here', from, Math.max(from + 1, this.#at))
    return unnamed(textField, value, { from, to: this.#at })
  }

  #operator(): Comparison {
    const from = this.#at
    const found = comparisonAt(this.#text, from)
    if ('written' in found) {
      const at = { from, to: from + found.written.length }
      return this.#fail('This is no comparison', at.from, at.to, this.#with(at, found.meant))
    }
    this.#at += found[0].length
    return found
  }

  /** One value, or several in brackets, of which any will do. */
  #values(before: string): Term['values'] {
    const from = this.#at
    if (this.#text.charAt(from) !== '(') {
      const one = this.#value()
      return one === undefined
        ? this.#fail(`\`${before}\` needs a value`, Math.max(0, from - before.length), from)
        : [one]
    }
    this.#at++
    const found: Pattern[] = []
    for (;;) {
      this.#skip()
      const next = this.#text.charAt(this.#at)
      if (next === ',') this.#at++
      else if (next === ')') break
      else {
        const value = this.#value()
        if (value === undefined) this.#fail('This bracket is never closed', from, from + 1, `${this.#text.trimEnd()})`)
        else found.push(value)
        if (found.length > mostQueryTerms) this.#fail(`One comparison has at most ${mostQueryTerms} values`, from)
      }
    }
    this.#at++
    const [first, ...others] = found
    return first === undefined ? this.#fail(`\`${before}\` needs a value`, from, this.#at) : [first, ...others]
  }

  /** A word or a text in quotes; nothing where neither stands. */
  #value(): Pattern | undefined {
    const from = this.#at
    const quote = this.#text.charAt(from)
    const isQuoted = quote === '"' || quote === "'"
    if (isQuoted) this.#at++
    const pieces: string[] = []
    let piece = ''
    for (; this.#at < this.#text.length; this.#at++) {
      const next = this.#text.charAt(this.#at)
      if (isQuoted ? next === quote : stop.test(next)) break
      if (next === '*') {
        pieces.push(piece)
        piece = ''
      } else piece += next === '\\' && this.#at + 1 < this.#text.length ? this.#text.charAt(++this.#at) : next
    }
    if (isQuoted) {
      if (this.#at >= this.#text.length) this.#fail('These quotes are never closed', from, from + 1, this.#text + quote)
      this.#at++
    } else if (this.#at === from) return undefined
    pieces.push(piece)
    if (pieces.length > mostQueryGaps + 1) this.#fail(`A value has at most ${mostQueryGaps} stars`, from, this.#at)
    const [first = '', ...others] = pieces
    return [first, ...others.filter((piece, no) => piece !== '' || no === others.length - 1)]
  }
}

/** Reads a query in either spelling, or a mixture; the time it takes grows with the length of the text alone. */
export function parseQuery(text: string): Query | QueryProblem {
  if (text.length > mostQueryCharacters)
    return {
      problem: `A query has at most ${mostQueryCharacters} characters`,
      at: { from: mostQueryCharacters, to: text.length },
    }
  try {
    return new Reader(text).read()
  } catch (error) {
    if (error instanceof Trouble) return error.told
    throw error
  }
}

/** The query, for whoever wrote it and knows that it is one. */
export function query(text: string): Query {
  const read = parseQuery(text)
  if (isQueryProblem(read)) throw new TypeError(`${text}: ${read.problem}`)
  return read
}
