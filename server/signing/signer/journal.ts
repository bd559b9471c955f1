import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs'
import { canonicalBytes, type Json, maxDocumentBytes, readCanonical } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { digest, instant, integer, object, oneOf, optional, type Read, type Shape } from '@suture/trust/shape.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import type { Lock } from './seal.ts'

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
/** After how many refusals a checkpoint is due; a signature, or a newer roster, makes one due at once. */
const checkpointEvery = 32

/** Where a journal and its checkpoint lie. */
interface Paths {
  readonly journal: string
  readonly checkpoint: string
}

/** The lines of a file that have an end, piece by piece: the file may be larger than the memory. */
function* linesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r')
  const chunk = Buffer.alloc(1 << 16)
  try {
    let pieces: Buffer[] = []
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      let start = 0
      for (let end = chunk.indexOf(10); end !== -1 && end < read; end = chunk.indexOf(10, start)) {
        yield Buffer.concat([...pieces, chunk.subarray(start, end)])
        pieces = []
        start = end + 1
      }
      pieces.push(Buffer.from(chunk.subarray(start, read)))
      // No entry is as long as this: given out unfinished, it is refused as no entry.
      if (pieces.length > maxLineBytes / chunk.length) yield Buffer.concat(pieces)
    }
  } finally {
    closeSync(file)
  }
}

function* entriesOf(path: string): Generator<{ entry: JournalEntry; line: Buffer; hash: string }> {
  if (!existsSync(path)) throw new OperatorError(`The signer’s journal is gone: ${path} is missing.`)
  let previous = genesis
  let n = 0
  for (const line of linesOf(path)) {
    let entry: JournalEntry | undefined
    try {
      entry = entryShape(readCanonical(line, maxLineBytes), '')
    } catch {}
    if (entry?.n !== n || entry.previous !== previous)
      throw new OperatorError(`The signer’s journal was changed at line ${n + 1} of ${path}.`)
    previous = sha256(line)
    yield { entry, line, hash: previous }
    n++
  }
}

/**
 * Everything the signer decided, oldest first; throws when an entry was changed, left out or put in. The chain has no
 * key: whoever may write the file can make another whole one, which only the checkpoint tells apart.
 */
export function* readJournal(path: string): Generator<JournalEntry> {
  for (const { entry } of entriesOf(path)) yield entry
}

/** An empty journal for a new home. */
export function startJournal({ journal, checkpoint }: Paths, lock: Lock): void {
  writeCheckpoint(checkpoint, lock, { entries: 0, last: genesis })
  closeSync(openSync(journal, 'a', 0o600))
}

/** The signer's own record of its decisions: only ever added to, each entry on disk before anybody can act on it. */
export class Journal {
  readonly #file: number
  readonly #checkpoint: string
  readonly #lock: Lock
  #next = 0
  #previous = genesis
  #size = 0
  #sealed: number
  #isSealDue = false
  /** The highest roster counter that ever decided. */
  highestRoster = 0

  /** @throws OperatorError when the journal was changed, or is not the one that its checkpoint knows */
  constructor({ journal, checkpoint }: Paths, lock: Lock) {
    this.#checkpoint = checkpoint
    this.#lock = lock
    const { entries, last } = readCheckpoint(checkpoint, lock)
    let known = genesis
    for (const { entry, line, hash } of entriesOf(journal)) {
      this.#advance(entry, line, hash)
      if (this.#next === entries) known = hash
    }
    if (known !== last)
      throw new OperatorError(
        `The signer’s journal was cut or replaced: ${journal} does not hold the ${entries} entries that its checkpoint knows.`,
      )
    this.#file = openSync(journal, 'a', 0o600)
    // A line without its end was being written when the process was killed; nobody acted on it.
    ftruncateSync(this.#file, this.#size)
    this.#sealed = entries
    this.#isSealDue = this.#next > entries
    this.seal()
  }

  #advance(entry: JournalEntry, line: Buffer, hash: string): void {
    this.#next = entry.n + 1
    this.#previous = hash
    this.#size += line.length + 1
    this.highestRoster = Math.max(this.highestRoster, entry.roster)
  }

  append(decision: Omit<JournalEntry, 'n' | 'previous'>): void {
    if (fstatSync(this.#file).size !== this.#size)
      throw new OperatorError('Somebody else writes to the signer’s journal.')
    const entry: JournalEntry = { ...decision, n: this.#next, previous: this.#previous }
    const line = canonicalBytes(entry as unknown as Json)
    try {
      writeFileSync(this.#file, Buffer.concat([line, Buffer.from('\n')]))
      fsyncSync(this.#file)
    } catch (error) {
      ftruncateSync(this.#file, this.#size)
      throw error
    }
    if (entry.decision === 'signed' || entry.roster > this.highestRoster) this.#isSealDue = true
    this.#advance(entry, line, sha256(line))
    if (this.#next - this.#sealed >= checkpointEvery) this.#isSealDue = true
  }

  /** Seals how far the journal has come, if that is due: after every signature and with every newer roster, else from time to time. */
  seal(): void {
    if (!this.#isSealDue) return
    writeCheckpoint(this.#checkpoint, this.#lock, { entries: this.#next, last: this.#previous })
    this.#sealed = this.#next
    this.#isSealDue = false
  }

  close(): void {
    this.#isSealDue = this.#next > this.#sealed
    this.seal()
    closeSync(this.#file)
  }
}
