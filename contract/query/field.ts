import type { Permission } from '../permissions.ts'
import type { Operator, Pattern } from './query.ts'

/** What is compared in a field, and how its values are read. */
export type FieldKind = 'text' | 'choice' | 'yes-no' | 'version' | 'time' | 'count' | 'component'

/** One field of a list, as everybody may ask for it. */
export interface Field {
  readonly kind: FieldKind
  /** What it holds, as a sentence's beginning: `Its serial`. */
  readonly means: string
  /** Other names for it. */
  readonly also?: readonly string[]
  /** Of a choice: all that it can be. */
  readonly values?: readonly string[]
  /** Of a time: whether `7d` is seven days ago or seven days ahead. */
  readonly counts?: 'ago' | 'ahead'
  /** Who may ask for it, beyond whoever may see the list. */
  readonly may?: Permission
}

/** The fields of a list by their names. */
export type Fields = Readonly<Record<string, Field>>

/** A comparison of versions: with others by the order of versions, or with one as text with gaps. */
export type VersionTest =
  | { readonly operator: '='; readonly patterns: readonly Pattern[] }
  | { readonly operator: '<' | '<=' | '>' | '>='; readonly version: string }

/** What a field is asked, checked: nothing in it can fail but the reading of a version. */
export type Test =
  /** Equal to one of these in whatever case. */
  | { readonly kind: 'text'; readonly patterns: readonly Pattern[] }
  /** One of these, as the field spells them. */
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'yes-no'; readonly value: boolean }
  | ({ readonly kind: 'version' } & VersionTest)
  /** From `from` on and before `to`; neither: that there is a time at all. */
  | { readonly kind: 'time'; readonly from?: Date; readonly to?: Date }
  | { readonly kind: 'count'; readonly operator: Exclude<Operator, '~'>; readonly values: readonly number[] }
  | { readonly kind: 'component'; readonly any: readonly ComponentTest[] }

/** A component by its name or purl, and by its version where one was named. */
export interface ComponentTest {
  readonly name: Pattern
  readonly version?: VersionTest
}

export type TestOf<K extends FieldKind> = Extract<Test, { readonly kind: K }>

/** A checked query over the fields of one list. */
export type Condition<Name extends string = string> =
  | { readonly kind: 'is'; readonly field: Name; readonly test: Test }
  | { readonly kind: 'not'; readonly of: Condition<Name> }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition<Name>[] }
