/** How the demo tells what happens: sentences and bars for people, silence where a program reads the result. */
export class Screen {
  readonly #quiet: boolean
  readonly #began = Date.now()
  #bar = ''

  constructor(quiet: boolean) {
    this.#quiet = quiet
  }

  get seconds(): number {
    return Math.round((Date.now() - this.#began) / 100) / 10
  }

  /** A new chapter. */
  chapter(title: string): void {
    this.#write(`\n${this.#clock()} ${title}\n`)
  }

  say(sentence: string): void {
    this.#write(`${' '.repeat(8)}${sentence}\n`)
  }

  /** How far something is; on a terminal the bar moves, elsewhere only its end is told. */
  bar(name: string, done: number, of: number, told = ''): void {
    const filled = of === 0 ? 0 : Math.min(24, Math.round((24 * done) / of))
    this.#bar = `${' '.repeat(8)}${name.padEnd(22)} ${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${done}/${of} ${told}`
    if (!this.#quiet && process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${this.#bar}`)
  }

  /** The bar stays as it is. */
  barEnds(): void {
    if (this.#bar === '') return
    if (process.stderr.isTTY && !this.#quiet) process.stderr.write('\r\u001b[2K')
    const bar = this.#bar
    this.#bar = ''
    this.#write(`${bar.trimEnd()}\n`)
  }

  #clock(): string {
    return `${String(Math.floor(this.seconds)).padStart(4)} s `
  }

  #write(text: string): void {
    if (this.#quiet) return
    if (this.#bar !== '' && process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
    process.stderr.write(text)
  }
}
