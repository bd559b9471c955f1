/** What is wrong with a fleet file, one line each. */
export class FleetError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.slice(0, 20).join('\n'))
    this.name = 'FleetError'
  }
}

type Fields = Readonly<Record<string, unknown>>

const asFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined

/** A JSON object that is read field by field, so that one look tells everything that is wrong with it. */
export class Form {
  readonly problems: string[]
  readonly #fields: Fields
  readonly #path: string

  private constructor(fields: Fields, path: string, problems: string[]) {
    this.#fields = fields
    this.#path = path
    this.problems = problems
  }

  /** @throws FleetError when the text is not a JSON object */
  static parse(text: string): Form {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      throw new FleetError([`not JSON: ${(cause as Error).message}`])
    }
    const fields = asFields(value)
    if (fields === undefined) throw new FleetError(['must be a JSON object'])
    return new Form(fields, '', [])
  }

  complain(field: string, says: string): void {
    this.problems.push(`${this.#path}${field} ${says}`)
  }

  isNull(field: string): boolean {
    return this.#fields[field] === null
  }

  isAbsent(field: string): boolean {
    return !Object.hasOwn(this.#fields, field)
  }

  /** Complains about every field that is not among those known. */
  only(known: readonly string[]): void {
    for (const field of Object.keys(this.#fields))
      if (!known.includes(field)) this.complain(field, 'is not a field that is known here')
  }

  /** A text of 1 to 128 characters without control characters, unless another form is asked for. */
  text(
    field: string,
    form = /^[^\p{Cc}]{1,128}$/u,
    says = 'of 1 to 128 characters without control characters',
  ): string {
    const value = this.#fields[field]
    if (typeof value === 'string' && form.test(value)) return value
    this.complain(field, `must be a text ${says}`)
    return ''
  }

  /** A whole number from 0 to `most`. */
  whole(field: string, most: number): number {
    const value = this.#fields[field]
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number
    this.complain(field, `must be a whole number from 0 to ${most}`)
    return 0
  }

  /** Two numbers in order, from 0 to `most`. */
  range(field: string, most: number): readonly [number, number] {
    const [low, high, ...more] = Array.isArray(this.#fields[field]) ? (this.#fields[field] as unknown[]) : []
    if (typeof low === 'number' && typeof high === 'number' && more.length === 0)
      if (low >= 0 && low <= high && high <= most) return [low, high]
    this.complain(field, `must be two numbers in order, from 0 to ${most}`)
    return [0, 0]
  }

  word<const W extends string>(field: string, words: readonly [W, ...W[]]): W {
    const found = words.find((word) => word === this.#fields[field])
    if (found === undefined) this.complain(field, `must be one of ${words.join(', ')}`)
    return found ?? words[0]
  }

  inner(field: string): Form {
    const fields = asFields(this.#fields[field])
    if (fields === undefined) this.complain(field, 'must be an object')
    return new Form(fields ?? {}, `${this.#path}${field}.`, fields === undefined ? [] : this.problems)
  }

  /** A list of 1 to `most` objects. */
  list(field: string, most: number): readonly Form[] {
    const value = this.#fields[field]
    if (!Array.isArray(value) || value.length === 0 || value.length > most) {
      this.complain(field, `must be a list of 1 to ${most} objects`)
      return []
    }
    return value.map((each, at) => {
      const fields = asFields(each)
      if (fields === undefined) this.complain(`${field}[${at}]`, 'must be an object')
      return new Form(fields ?? {}, `${this.#path}${field}[${at}].`, fields === undefined ? [] : this.problems)
    })
  }
}
