import type { Chance } from './chance.ts'

/** Texts that a careless reader falls over; those in JSON’s own spelling stay as they are. */
const texts = [
  '',
  ' ',
  'closed',
  'proceeding',
  'canceled',
  'success',
  'failure',
  '\\u0000',
  'a\\u0000b',
  '\\ud800',
  '\\udc00\\ud800',
  '\\u202e\\u0085\\ufeff',
  '__proto__',
  'constructor',
  'toString',
  "'; drop table inventory_device; --",
  '{{1+1}}%s%n',
  '../../../etc/passwd',
  '💥'.repeat(40),
  'ﷺ'.repeat(200),
]
const numbers = [
  '0',
  '-0',
  '-1',
  '1e400',
  '-1e400',
  '1e-400',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '12345678901234567890123',
  '0.1',
  '1E5',
]
const broken = [
  '01',
  '+1',
  '.5',
  'NaN',
  'Infinity',
  'undefined',
  "'x'",
  '"\t"',
  '"\\x41"',
  '"\\u12"',
  '{,}',
  '[1,]',
  '/*x*/1',
  '\u0000',
  '﻿{}',
]

function leaf(chance: Chance): string {
  const kind = chance.below(10)
  if (kind < 4) return `"${chance.pick(texts)}"`
  if (kind < 6) return chance.pick(numbers)
  if (kind < 8) return chance.pick(['null', 'true', 'false', '{}', '[]', '[[]]', '{"":{}}'])
  if (kind === 8) return `"${'x'.repeat(chance.pick([33, 501, 5_000, 70_000]))}"`
  return chance.pick(broken)
}

/** JSON that is much of one thing. */
function bomb(chance: Chance): string {
  const many = chance.pick([65, 1_000, 20_000])
  return chance.pick([
    () => `${'['.repeat(many)}${']'.repeat(many)}`,
    () => `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`,
    () => '['.repeat(many),
    () => `[${'1,'.repeat(many)}1]`,
    () => `{${Array.from({ length: many }, (_, n) => `"k${n}":${n}`).join()}}`,
    () => `{${Array.from({ length: many }, () => '"status":{}').join()}}`,
    () => `"${'\\u0041'.repeat(many)}"`,
    () => '9'.repeat(many),
    () => `[${'""'.padEnd(many, ' ')}]`,
  ])()
}

/** A value as JSON, some of whose parts are something else. */
export function spoiled(chance: Chance, value: unknown, share = 12): string {
  if (chance.percent(share)) return chance.percent(12) ? bomb(chance) : leaf(chance)
  if (Array.isArray(value)) return `[${value.map((each) => spoiled(chance, each, share)).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).flatMap(([name, each]) => {
    if (chance.percent(4)) return []
    const member = `${JSON.stringify(name)}:${spoiled(chance, each, share)}`
    if (chance.percent(4)) return [member, `${JSON.stringify(name)}:${leaf(chance)}`]
    return chance.percent(3) ? [member, `"${chance.pick(texts)}":${leaf(chance)}`] : [member]
  })
  return `{${members.join()}}`
}
