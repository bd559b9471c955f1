import { defaultStringifySearch } from '@tanstack/react-router'
import type { GlyphName } from '../design/glyph-names.ts'

/** What happens when an entry is chosen. */
type Way =
  | { readonly to: string }
  | { readonly does: () => unknown }
  /** The palette asks for this instead of what was typed. */
  | { readonly asks: string }
  /** Its command is copied. */
  | 'copies'

/** Something that the palette offers. */
export interface Entry {
  readonly id: string
  readonly glyph: GlyphName
  readonly name: string
  /** What it is, after its name. */
  readonly what?: string
  /** Other words by which it is looked for. */
  readonly also?: string
  /** The shortcut that does the same, as the table of shortcuts writes it. */
  readonly keys?: string
  /** What does the same from a terminal. */
  readonly command?: string
  readonly way: Way
}

/** Entries of one kind. */
export interface Found {
  readonly title: string
  readonly entries: readonly Entry[]
  /** How many of how many are shown, where that is not all. */
  readonly share?: string
}

/** An address of the console. */
export const addressOf = (path: string, search: Readonly<Record<string, string>>): string =>
  path + defaultStringifySearch(search)

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}.]+/gu, ' ')

/** Whether every word of what was typed begins a word of the entry. */
export function fits({ name, what = '', also = '' }: Entry, typed: string): boolean {
  const text = ` ${plain(`${name} ${what} ${also}`)}`
  return plain(typed)
    .split(' ')
    .every((word) => text.includes(` ${word}`))
}

/** The entry that is so many steps after another one, around the end; the first, if that one is gone. */
export function stepFrom(entries: readonly Entry[], id: string | undefined, by: 1 | -1): Entry | undefined {
  const at = entries.findIndex((each) => each.id === id)
  return at < 0 ? entries[0] : entries.at((at + by) % entries.length)
}

/** The id of an element inside of the list: one word, because lists of ids are separated by spaces. */
export const partOf = (list: string, part: string): string => `${list}-${part.replaceAll(/[^\w-]/g, '_')}`
