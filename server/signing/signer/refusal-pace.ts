/** How fast refusals may come: some at once, then so many a second; what is refused fills the journal. */
const most = { atOnce: 100, aSecond: 20 }

/** Says for each refusal whether its time has come. */
export class RefusalPace {
  #left = most.atOnce
  #at = 0

  /** Whether one more refusal may be decided now; if so, it is counted. */
  allows(now: Date): boolean {
    const passed = Math.max(0, now.getTime() - this.#at) / 1000
    this.#at = now.getTime()
    this.#left = Math.min(most.atOnce, this.#left + passed * most.aSecond)
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
