import { expect, test } from 'vitest'
import { missingIn, table } from './table.ts'

const result = { benchmark: 'poll', bare: { p99Ms: 2 }, tables: [{ name: 'seen', hot: 1 }], noise: null }

test('a result for people has a line for each figure, named by its way into the result', () => {
  expect(
    table(result)
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  ).toEqual([...['benchmark poll', 'bare p99Ms 2', 'tables seen name seen', 'tables seen hot 1', 'noise null', '']])
})

test('a result without one of its figures says which', () => {
  expect(missingIn(result)).toEqual([])
  expect(missingIn({ ...result, bare: { p99Ms: Number.NaN }, memory: undefined })).toEqual(['bare p99Ms', 'memory'])
})
