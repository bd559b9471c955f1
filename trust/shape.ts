import { isSha256 } from './bytes.ts'
import { VerificationError } from './verification-error.ts'

/** Reads a value as a type, or refuses it; `at` says where in the document it stands. */
export type Shape<T> = (value: unknown, at: string) => T

interface Optional<T> {
  readonly optional: Shape<T>
}

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never

type Fields = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>
type ReadFields<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Optional<unknown> ? never : K]: Read<F[K]>
} & {
  readonly [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: F[K] extends Optional<infer T> ? T : never
}

const refuse = (at: string, wanted: string): never => {
  throw new VerificationError('document/malformed', `${at === '' ? 'The document' : at} must be ${wanted}.`)
}

/** An object of exactly these fields: an unknown one is refused, because somebody might act on what nobody checked. */
export const object =
  <const F extends Fields>(fields: F): Shape<ReadFields<F>> =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object')
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key))
    if (unknown !== undefined) return refuse(`${at}/${unknown}`, 'left out: nothing of this name is known')
    const entries = Object.entries(fields).flatMap(([key, field]) => {
      const given = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
      if (typeof field === 'function') return [[key, field(given, `${at}/${key}`)]]
      return given === undefined ? [] : [[key, field.optional(given, `${at}/${key}`)]]
    })
    return Object.fromEntries(entries) as ReadFields<F>
  }

/** A field that may be left out. */
export const optional = <T>(shape: Shape<T>): Optional<T> => ({ optional: shape })

/** A value, or null where nobody knows it. */
export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, at) =>
    value === null ? null : shape(value, at)

/** A list with a least and a greatest length. */
export const list =
  <T>(item: Shape<T>, { min, max }: { readonly min: number; readonly max: number }): Shape<readonly T[]> =>
  (value, at) =>
    Array.isArray(value) && value.length >= min && value.length <= max
      ? value.map((each, index) => item(each, `${at}/${index}`))
      : refuse(at, `a list of ${min} to ${max}`)

const textOf =
  (pattern: RegExp, wanted: string): Shape<string> =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? value : refuse(at, wanted)

/** Any text up to so many UTF-16 code units; whoever takes it says what is in it. */
export const textUpTo =
  (max: number): Shape<string> =>
  (value, at) =>
    typeof value === 'string' && value.length <= max ? value : refuse(at, `a text of at most ${max} characters`)

/** One of a few words. */
export const oneOf =
  <const T extends string>(...words: readonly T[]): Shape<T> =>
  (value, at) =>
    words.includes(value as T) ? (value as T) : refuse(at, words.map((word) => `"${word}"`).join(' or '))

/** One of several objects, told apart by the word in one of their fields. */
export const variant =
  <const V extends Readonly<Record<string, Shape<unknown>>>>(field: string, variants: V): Shape<Read<V[keyof V]>> =>
  (value, at) => {
    const word = (value as Record<string, unknown> | null | undefined)?.[field]
    const chosen = oneOf(...Object.keys(variants))(word, `${at}/${field}`)
    return variants[chosen]?.(value, at) as Read<V[keyof V]>
  }

/** A whole number within bounds, both included. */
export const integer =
  (min: number, max: number): Shape<number> =>
  (value, at) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : refuse(at, `a whole number from ${min} to ${max}`)

/** A UUID in lower case (RFC 9562). */
export const uuid = textOf(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID in lower case')

/** A SHA-256 in lower-case hex. */
export const digest: Shape<string> = (value, at) =>
  typeof value === 'string' && isSha256(value) ? value : refuse(at, 'a SHA-256 in lower-case hex')

/** A moment in UTC with milliseconds, in the one form that `Date.toISOString` writes. */
export const instant: Shape<string> = (value, at) => {
  const time = typeof value === 'string' ? new Date(value) : undefined
  return time && !Number.isNaN(time.getTime()) && time.toISOString() === value
    ? value
    : refuse(at, 'a moment like 2026-01-31T12:00:00.000Z')
}

/**
 * A line of text that people read, at most 200 characters. Control and direction characters are refused: they can make
 * an approver see another text than the one that is signed.
 */
export const line: Shape<string> = (value, at) =>
  typeof value === 'string' &&
  value.length >= 1 &&
  value.length <= 200 &&
  value === value.normalize('NFC') &&
  !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)
    ? value
    : refuse(at, 'one line of 1 to 200 visible characters in Unicode form NFC')
