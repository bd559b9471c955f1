import type { ComponentTest, Field, FieldKind, Test, TestOf, VersionTest } from './field.ts'
import { nearest } from './nearest.ts'
import { fits, within } from './pattern.ts'
import type { Operator, Pattern, Term } from './query.ts'
import { lengthOf, stretchOf } from './time.ts'

/** Which comparisons a field of a kind takes. */
const comparisons: Readonly<Record<FieldKind, readonly Operator[]>> = {
  text: ['=', '~'],
  choice: ['=', '~'],
  'yes-no': ['='],
  version: ['=', '~', '<', '<=', '>', '>='],
  time: ['=', '<', '<=', '>', '>='],
  count: ['=', '<', '<=', '>', '>='],
  component: ['=', '~'],
}

/** A value that cannot be read: why, and what stands in its place in what may have been meant. */
export interface Wrong {
  readonly wrong: string
  readonly instead?: string
  /** What is replaced, where it is not the values. */
  readonly part?: 'operator' | 'field'
}
export const isWrong = (value: object): value is Wrong => 'wrong' in value

const written = (pattern: Pattern): string => pattern.join('*')
const only = ({ values }: Term): string => written(values[0])
const patternsOf = ({ operator, values }: Term): readonly Pattern[] => (operator === '~' ? values.map(within) : values)

function choice({ values = [] }: Field, term: Term): TestOf<'choice'> | Wrong {
  const found = new Set<string>()
  for (const pattern of patternsOf(term)) {
    const meant = values.filter((each) => fits(pattern, each))
    const near = nearest(written(pattern), values)
    if (meant.length === 0)
      return {
        wrong: `\`${term.field}\` is never ${written(pattern)}; it is ${values.join(', ')}`,
        ...(near === undefined || term.values.length > 1 ? {} : { instead: near }),
      }
    for (const each of meant) found.add(each)
  }
  return { kind: 'choice', values: [...found] }
}

const answers: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false }

function yesNo(_: Field, term: Term): TestOf<'yes-no'> | Wrong {
  const value = term.values.length === 1 ? answers[only(term).toLowerCase()] : undefined
  return value === undefined ? { wrong: `\`${term.field}\` is yes or no`, instead: 'yes' } : { kind: 'yes-no', value }
}

/** A version that others come before or after, or versions as text. */
function versionTest(operator: Operator, values: readonly Pattern[], field: string): VersionTest | Wrong {
  if (operator === '=' || operator === '~')
    return { operator: '=', patterns: operator === '~' ? values.map(within) : values }
  const [pattern, ...others] = values
  if (pattern === undefined || others.length > 0) return { wrong: `\`${field}${operator}\` takes one version` }
  const version = written(pattern)
  return pattern.length > 1 || !/\d/.test(version)
    ? { wrong: `\`${field}${operator}\` needs a version, such as 4.9.0` }
    : { operator, version }
}

function version(_: Field, term: Term): TestOf<'version'> | Wrong {
  const test = versionTest(term.operator, term.values, term.field)
  return isWrong(test) ? test : { kind: 'version', ...test }
}

/** When `7d` is, counted from now in the direction of the field. */
const moment = (length: number, { counts = 'ago' }: Field, now: Date): Date =>
  new Date(now.getTime() + (counts === 'ago' ? -length : length))

function time(field: Field, term: Term, now: Date): TestOf<'time'> | Wrong {
  const { operator, values } = term
  const value = only(term)
  if (value === '*' && operator === '=') return { kind: 'time' }
  const needs = `\`${term.field}\` is compared with a length such as 7d, at most 100y, or a date such as 2026-11-01`
  if (values.length > 1) return { wrong: needs }
  const isLess = operator.startsWith('<')
  const length = lengthOf(value)
  if (length !== undefined) {
    if (operator === '=')
      return { wrong: `\`${term.field}\` is less or more than ${value}`, instead: '<', part: 'operator' }
    const at = moment(length, field, now)
    // Less than a week ago is later than that.
    return isLess === (field.counts === 'ahead') ? { kind: 'time', to: at } : { kind: 'time', from: at }
  }
  const stretch = stretchOf(value)
  if (!stretch) return { wrong: needs, ...(/^\d{1,6}$/.test(value) ? { instead: `${value}d` } : {}) }
  const { from, to } = stretch
  if (operator === '=') return { kind: 'time', from, to }
  const bound = operator === '<' || operator === '>=' ? from : to
  return isLess ? { kind: 'time', to: bound } : { kind: 'time', from: bound }
}

function count(_: Field, { field, operator, values }: Term): TestOf<'count'> | Wrong {
  const numbers = values.map((each) => (/^\d{1,9}$/.test(written(each)) ? Number(written(each)) : undefined))
  const whole = numbers.filter((each) => each !== undefined)
  if (operator === '~' || whole.length < numbers.length || (operator !== '=' && whole.length > 1))
    return { wrong: `\`${field}\` is compared with a whole number` }
  return { kind: 'count', operator, values: whole }
}

/** `openssl@<3.0.14` is a name and a version; a scope of npm begins with the same sign (purl-spec, name and version). */
function componentTest(pattern: Pattern, field: string): ComponentTest | Wrong {
  const at = pattern.findLastIndex((piece, no) => piece.lastIndexOf('@') > (no === 0 ? 0 : -1))
  if (at < 0) return { name: pattern }
  const piece = pattern[at] ?? ''
  const cut = piece.lastIndexOf('@')
  const named = [...pattern.slice(0, at), piece.slice(0, cut)] as unknown as Pattern
  const sign = /^(<=|>=|<|>|=)?/.exec(piece.slice(cut + 1))?.[0] ?? ''
  const rest = [piece.slice(cut + 1 + sign.length), ...pattern.slice(at + 1)] as unknown as Pattern
  if (written(rest) === '') return { wrong: `\`${field}:${written(pattern)}\` ends where a version should stand` }
  const version = versionTest(sign === '' ? '=' : (sign as Operator), [rest], `${field}:${written(named)}@`)
  return isWrong(version) ? version : { name: named, version }
}

function component(_: Field, { field, operator, values }: Term): TestOf<'component'> | Wrong {
  const any: ComponentTest[] = []
  for (const value of values) {
    const test = componentTest(value, field)
    if (isWrong(test)) return test
    any.push(operator === '~' ? { ...test, name: within(test.name) } : test)
  }
  return { kind: 'component', any }
}

type Reading = (field: Field, term: Term, now: Date) => Test | Wrong

/** What a comparison asks of a field of each kind, or why it cannot be read. */
const readings: Readonly<Record<FieldKind, Reading>> = {
  text: (_, term) => ({ kind: 'text', patterns: patternsOf(term) }),
  choice,
  'yes-no': yesNo,
  version,
  time,
  count,
  component,
}

/** What a comparison asks of a field, or what is wrong with it. */
export function readTest(field: Field, term: Term, now: Date): Test | Wrong {
  return comparisons[field.kind].includes(term.operator)
    ? readings[field.kind](field, term, now)
    : { wrong: `\`${term.field}\` has no order`, part: 'operator', instead: ':' }
}
