/** One piece of one source file that is replaced; the text must occur there exactly once. */
interface Edit {
  /** Relative to the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** One fault put into the product on purpose: a checker that stays green under it proves nothing. */
export interface Switch {
  readonly name: string
  /** What the product does wrong under it. */
  readonly means: string
  readonly edits: readonly Edit[]
}

export const switches: readonly Switch[] = []
