/** What was compared, and what did not hold. */
export class Report {
  /** How many single statements were held against each other. */
  compared = 0
  readonly failures: string[] = []

  /** Holds one statement: what is not so is a failure, told in a sentence. */
  hold(isSo: boolean, otherwise: () => string): void {
    this.compared++
    if (!isSo) this.failures.push(otherwise())
  }

  /** Runs a check; one that cannot even be made is a failure too. */
  async check(name: string, run: () => Promise<void> | void): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
