/** What stands in a result, each with its way into it; a list's entries go by their names. */
function entriesOf(value: unknown, way = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[way, value]]
  return Object.entries(value).flatMap(([key, inner]) => {
    const { name = key } = Array.isArray(value) ? (inner as { readonly name?: string }) : {}
    return entriesOf(inner, way === '' ? name : `${way} ${name}`)
  })
}

/** A result for people: one line for each figure. */
export const table = (result: object): string =>
  entriesOf(result)
    .map(([way, value]) => `${way.padEnd(52)} ${String(value)}\n`)
    .join('')

/** The figures that a result should have and has not. */
export const missingIn = (result: object): readonly string[] =>
  entriesOf(result).flatMap(([way, value]) => (value === undefined || Number.isNaN(value) ? [way] : []))
