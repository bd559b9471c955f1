import type { z } from 'zod'
import { Refusal } from '#platform/refusal.ts'

/** The text that stands for the place where a page ended. */
const write = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The place a cursor stands for. */
export function readCursor<T extends z.ZodType>(cursor: string | undefined, shape: T): z.output<T> | undefined {
  if (cursor === undefined) return undefined
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw new Refusal('http/bad-cursor')
  }
}

/**
 * Makes a page of rows that were asked for with `limit + 1`: the row too many only says that there is a next page.
 * @param keyOf the sort key of a row, which the next page starts after
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
): { items: Row[]; next?: string } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: write(keyOf(last)) } : { items }
}
