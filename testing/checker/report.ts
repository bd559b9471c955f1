interface Failure {
  readonly check: string
  readonly says: string
}

/** What was compared, and what did not hold. */
export class Report {
  /** How many single statements were held against each other. */
  compared = 0
  readonly #failures: Failure[] = []
  #check = ''

  get failed(): number {
    return this.#failures.length
  }

  /** Holds one statement: what is not so is a failure, told in a sentence. */
  hold(isSo: boolean, otherwise: () => string): void {
    this.compared++
    if (!isSo) this.#failures.push({ check: this.#check, says: otherwise() })
  }

  /** Runs a check; one that cannot even be made is a failure too. */
  async check(name: string, run: () => Promise<void> | void): Promise<void> {
    const outer = this.#check
    this.#check = name
    try {
      await run()
    } catch (error) {
      const says = `${name}: ${error instanceof Error ? error.message : String(error)}`
      this.#failures.push({ check: name, says })
    } finally {
      this.#check = outer
    }
  }

  /** What did not hold, so many sentences of each check, so that one that fails often does not hide another. */
  told(mostOfEach: number): readonly string[] {
    const byCheck = Map.groupBy(this.#failures, ({ check }) => check)
    return [...byCheck.values()].flatMap((failures) => failures.slice(0, mostOfEach).map(({ says }) => says))
  }
}
