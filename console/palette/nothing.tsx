interface Given {
  readonly typed: string
  readonly isNone: boolean
  /** The kinds that could not be searched. */
  readonly failed: readonly string[]
  readonly error: Error | null
}

/** Why there is nothing, or less than there may be. */
export function Nothing({ typed, isNone, failed, error }: Given) {
  if (error) return <p className="call c-soon">Nothing could be searched: {error.message}</p>
  if (failed.length > 0) return <p className="call c-soon">These could not be searched: {failed.join(', ')}.</p>
  if (!isNone || typed === '') return null
  return (
    <p className="none m">
      Nothing that you may see has “{typed.slice(0, 80)}” in its name. Names, serials and CVE ids are searched, not what
      is inside of things.
    </p>
  )
}
