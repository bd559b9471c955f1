/** A result for people: one line for each figure, named by its way into the result. */
export function table(result: object): string {
  const lines = (value: unknown, way: string): string[] => {
    if (typeof value !== 'object' || value === null) return [`${way.padEnd(44)} ${String(value)}`]
    return Object.entries(value).flatMap(([name, inner]) => {
      const named = Array.isArray(value)
        ? ((inner as { name?: string; title?: string }).name ?? (inner as { title?: string }).title ?? name)
        : name
      return lines(inner, way === '' ? named : `${way} ${named}`)
    })
  }
  return `${lines(result, '').join('\n')}\n`
}
