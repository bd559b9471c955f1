import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery, query } from './parse.ts'
import { printQuery } from './print.ts'
import {
  isQueryProblem,
  joined,
  mostQueryCharacters,
  type Operator,
  type Pattern,
  type Query,
  type Term,
} from './query.ts'

/** A query without the places where its parts stood. */
const bare = (value: Query): unknown =>
  value.kind === 'term'
    ? [value.field, value.operator, value.values]
    : value.kind === 'not'
      ? { not: bare(value.of) }
      : { [value.kind]: value.of.map(bare) }
const read = (text: string) => bare(query(text))

const here = { from: 0, to: 0 }
const at = { field: here, operator: here, values: here }
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'aB9 *"\'\\(),;:=<>!~-.@/_ä'), maxLength: 6 }),
  fc.constantFrom('and', 'or', 'not', 'name:x', '-x', '@x', 'kept'),
)
const pattern: fc.Arbitrary<Pattern> = fc
  .tuple(
    piece,
    fc.array(
      piece.filter((each) => each !== ''),
      { maxLength: 2 },
    ),
    fc.option(fc.constant('')),
  )
  .map(([first, more, end]): Pattern => [first, ...more, ...(end === null ? [] : [end])])
const term = fc
  .tuple(
    fc.constantFrom('name', 'fw', 'job.state', 'text', 'view', 'a-b'),
    fc.constantFrom<Operator[]>('=', '~', '<', '<=', '>', '>='),
    pattern,
    fc.array(pattern, { maxLength: 2 }),
  )
  .map(([field, operator, first, others]): Term => ({ kind: 'term', field, operator, values: [first, ...others], at }))
const queries: fc.Arbitrary<Query> = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    tie('query').map((of): Query => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('all', 'any'), fc.array(tie('query'), { minLength: 2, maxLength: 3 }))
      .map(([kind, of]) => joined(kind, of)),
  ),
})).query

test.each(['friendly', 'rsql'] as const)('a query that is written in the %s spelling reads as itself', (spelling) => {
  fc.assert(
    fc.property(queries, (value) => {
      expect(read(printQuery(value, spelling))).toEqual(bare(value))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['vendor:axis model:P32* fw<11.2', 'vendor==axis;model==P32*;fw=lt=11.2'],
  ['name:(a b) or -state:live', 'name=in=(a,b),state!=live'],
  ['site:"Plant 2" and not rig:yes', "site=='Plant 2';-rig==yes"],
  ['-name:(a,b)', 'name=out=(a,b)'],
  ['fw>=1 (area:x or area:y)', 'fw=ge=1;(area==x,area==y)'],
  ['due<7d findings>3', 'due=lt=7d and findings=gt=3'],
  ['@crown-jewels -@old', 'view==crown-jewels;view!=old'],
  ['UPDATESTATUS:error', 'UPDATESTATUS==error'],
])('%s is %s', (friendly, rsql) => {
  expect(read(rsql)).toEqual(read(friendly))
})

test('and binds more strongly than or, and a blank joins as and does', () => {
  expect(read('a:1 b:2 or c:3')).toEqual({
    any: [
      {
        all: [
          ['a', '=', [['1']]],
          ['b', '=', [['2']]],
        ],
      },
      ['c', '=', [['3']]],
    ],
  })
})

test('a star stands for anything, but not behind a backslash', () => {
  expect(read('name:a*b')).toEqual(['name', '=', [['a', 'b']]])
  expect(read('name:"a\\*b"')).toEqual(['name', '=', [['a*b']]])
})

test('a bare word is looked for in the text', () => {
  expect(read('pump')).toEqual(['text', '=', [['pump']]])
  expect(read('"hall 3"')).toEqual(['text', '=', [['hall 3']]])
})

test.each([
  ['fw<', '`fw<` needs a value', undefined],
  ['(name:a', 'This bracket is never closed', '(name:a)'],
  ['name:a)', 'There is no bracket that this one closes', undefined],
  ['name:"a', 'These quotes are never closed', 'name:"a"'],
  ['name=lx=a', 'This is no comparison', 'name=lt=a'],
  ['name!a', 'This is no comparison', undefined],
  ['name:a or', 'Something to look for is missing here', undefined],
  ['', 'Something to look for is missing here', undefined],
  ['name:()', '`name:` needs a value', undefined],
  ['name:(a', 'This bracket is never closed', 'name:(a)'],
  ['('.repeat(30), 'More than 20 brackets stand in each other', undefined],
  [Array.from({ length: 101 }, () => 'a').join(' '), 'A query has at most 100 comparisons', undefined],
  ['a'.repeat(mostQueryCharacters + 1), 'A query has at most 2000 characters', undefined],
])('%j is told: %s', (text, problem, meant) => {
  const told = parseQuery(text)
  expect(told).toMatchObject({ problem, ...(meant === undefined ? {} : { meant }) })
  if (isQueryProblem(told) && told.meant !== undefined) expect(isQueryProblem(parseQuery(told.meant))).toBe(false)
})

test('whatever is written is read, or what is wrong with it is told and where', () => {
  const unit = fc.constantFrom(...'ab:=<>!~-()"\'\\,;* \t*', 'and ', 'or ', 'not ', '=in=', '\ud800', '\u0000', '😀')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 300 }), (text) => {
      const told = parseQuery(text)
      if (!isQueryProblem(told)) return
      expect(told.at.from).toBeGreaterThanOrEqual(0)
      expect(told.at.to).toBeLessThanOrEqual(text.length)
      expect(told.at.from).toBeLessThanOrEqual(told.at.to)
    }),
    { numRuns: 5_000 },
  )
})
