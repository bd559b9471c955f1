/** Values by name, of which those asked for last are kept. */
export interface Recent<V> {
  get(name: string): V | undefined
  /** Keeps a value, and gives it back. */
  put(name: string, value: V): V
}

/**
 * Remembers what never changes, so that it is asked for once; when there is no more room, what was not asked for for
 * longest is forgotten.
 * @param most as many values as are kept
 */
export function recent<V>(most: number): Recent<V> {
  // A map keeps the order in which its names came in: the first is the one not asked for for longest.
  const kept = new Map<string, V>()
  const put = (name: string, value: V): V => {
    kept.delete(name)
    kept.set(name, value)
    const [oldest] = kept.keys()
    if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    return value
  }
  return {
    put,
    get(name) {
      const value = kept.get(name)
      return value === undefined ? undefined : put(name, value)
    },
  }
}
