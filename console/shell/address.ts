/** A text that stands in an address; the router reads `12` as a number. */
export function textIn(given: unknown, most: number): string | undefined {
  const text = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : ''
  return text === '' || text.length > most ? undefined : text
}

/** Where a page of a list begins, as the server named it. */
export const cursorIn = (given: unknown): string | undefined =>
  typeof given === 'string' && given.length <= 512 ? given : undefined

/** The parts of an address that say something. */
export const saying = <T extends object>(parts: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as T
