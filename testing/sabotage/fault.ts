/** One piece of one source file that is replaced; the text must occur there exactly once. */
interface Edit {
  /** Relative to the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** One fault put into the product on purpose. */
export interface Fault {
  readonly name: string
  /** What the product does wrong under it. */
  readonly means: string
  readonly edits: readonly Edit[]
}

/** A fault of which a whole run says by itself what is wrong: red for another reason would prove nothing about it. */
export interface Switch extends Fault {
  /** What is said, among other things. */
  readonly seen: RegExp
}

/** A fault that one test is to notice. */
export interface TestSwitch extends Fault {
  /** The file of the test, relative to the repository. */
  readonly file: string
  /** Its title. */
  readonly test: string
}

/**
 * A source file with a fault put into it; as it is when the fault is elsewhere.
 * @param file relative to the repository
 */
export function withFault({ name, edits }: Fault, file: string, source: string): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((text, { find, replace }) => {
      const times = text.split(find).length - 1
      if (times !== 1)
        throw new Error(`The sabotage ${name} no longer fits ${file}: its text occurs there ${times} times.`)
      return text.replace(find, () => replace)
    }, source)
}
