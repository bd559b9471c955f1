import { expect, test } from 'vitest'
import { makeCase } from './case.ts'
import { Chance } from './chance.ts'
import type { Ground, Target } from './draft.ts'
import { changedBetween, leaked } from './judge.ts'

const target = (controllerId: string, action: number, isForeign = false): Target => ({
  controllerId,
  token: (isForeign ? '7' : 'd').repeat(32),
  action,
  isForeign,
})
const ground: Ground = {
  host: '127.0.0.1:1',
  tenant: 'main',
  targets: [target('dev-1', 1), target('dev-2', 2), target('foreign-1', 3, true)],
  fileName: 'update.bin',
  gateway: 'e'.repeat(64),
}
const cases = (seed: number, count = 1_500) =>
  Array.from({ length: count }, (_, number) => makeCase(new Chance(seed, number), ground))
const textOf = ({ sent }: { readonly sent: { readonly pieces: readonly Buffer[] } }) =>
  Buffer.concat(sent.pieces).toString('latin1')

test('a seed and a number make the same case again, and another seed makes others', () => {
  const [one, again, other] = [cases(1, 300), cases(1, 300), cases(2, 300)]
  expect(one).toEqual(again)
  expect(
    one.map(textOf).filter((text, at) => text === textOf(other[at] as (typeof other)[number])).length,
  ).toBeLessThan(30)
})

test('the secret of a device for which nobody may speak is never sent', () => {
  for (const each of cases(3)) expect(textOf(each)).not.toContain('7'.repeat(32))
})

test('some cases are what a device sends, and most are not', () => {
  const plain = cases(4).filter(({ isPlain }) => isPlain).length
  expect(plain).toBeGreaterThan(50)
  expect(plain).toBeLessThan(750)
})

test('memory that grows with the cases is found, and what caches take is not', () => {
  const mib = 2 ** 20
  expect(leaked({ held: 80 * mib, cases: 1_000 }, { held: 90 * mib, cases: 5_000 })).toBeUndefined()
  expect(leaked({ held: 80 * mib, cases: 1_000 }, { held: 110 * mib, cases: 50_000 })).toMatch(/30720 KiB of memory/)
  expect(leaked({ held: 80 * mib, cases: 1_000 }, { held: 88 * mib, cases: 1_100 })).toMatch(/8192 KiB of memory/)
})

test('a row more, or another state, is found by its name', () => {
  const kept = new Map([['rows of x', '1']])
  expect(changedBetween(kept, kept)).toEqual([])
  expect(changedBetween(kept, new Map([['rows of x', '2']]))).toEqual(['rows of x: 1 became 2'])
})
