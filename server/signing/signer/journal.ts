import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { canonicalBytes, type Json, maxDocumentBytes, readCanonical } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { digest, instant, integer, object, oneOf, optional, type Read, type Shape } from '@suture/trust/shape.ts'
import { OperatorError } from '#platform/operator-error.ts'

const text: Shape<string> = (value) => String(value)

const entryShape = object({
  n: integer(0, Number.MAX_SAFE_INTEGER),
  /** SHA-256 of the line before, which ties every entry to all earlier ones. */
  previous: digest,
  at: instant,
  decision: oneOf('signed', 'refused'),
  purpose: text,
  digest,
  /** The row that asked; it may be gone. */
  request: text,
  /** The counter of the roster that decided. */
  roster: integer(0, Number.MAX_SAFE_INTEGER),
  refusal: optional(text),
  detail: optional(text),
  /** The whole signed envelope, so that what was signed can be told without the database. */
  statement: optional((value: unknown) => value as Json),
})

/** One decision of the signer. */
export type JournalEntry = Read<typeof entryShape>

const genesis = '0'.repeat(64)
const maxLineBytes = 4 * maxDocumentBytes

function* linesOf(bytes: Buffer): Generator<Buffer> {
  let start = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    yield bytes.subarray(start, end)
    start = end + 1
  }
}

/** Everything the signer decided, oldest first; throws when an entry was changed, left out or put in. */
export function* readJournal(path: string): Generator<JournalEntry> {
  let previous = genesis
  let n = 0
  for (const line of linesOf(readFileSync(path))) {
    let entry: JournalEntry | undefined
    try {
      entry = entryShape(readCanonical(line, maxLineBytes), '')
    } catch {}
    if (entry?.n !== n || entry.previous !== previous)
      throw new OperatorError(`The signer’s journal was changed at line ${n + 1} of ${path}.`)
    yield entry
    previous = sha256(line)
    n++
  }
}

/** The signer's own record of its decisions: only ever added to, each entry on disk before anybody can act on it. */
export class Journal {
  readonly #file: number
  #next = 0
  #previous = genesis
  #size = 0
  /** The highest roster counter that ever decided. */
  highestRoster = 0

  constructor(path: string) {
    if (existsSync(path)) for (const entry of readJournal(path)) this.#follow(entry)
    this.#file = openSync(path, 'a', 0o600)
    // A line without its end was being written when the process was killed; nobody acted on it.
    ftruncateSync(this.#file, this.#size)
  }

  #follow(entry: JournalEntry): Buffer {
    const line = canonicalBytes(entry as unknown as Json)
    this.#next = entry.n + 1
    this.#previous = sha256(line)
    this.#size += line.length + 1
    this.highestRoster = Math.max(this.highestRoster, entry.roster)
    return line
  }

  append(decision: Omit<JournalEntry, 'n' | 'previous'>): void {
    if (fstatSync(this.#file).size !== this.#size)
      throw new OperatorError('Somebody else writes to the signer’s journal.')
    const line = this.#follow({ ...decision, n: this.#next, previous: this.#previous })
    writeFileSync(this.#file, Buffer.concat([line, Buffer.from('\n')]))
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}
