import { writeFileSync } from 'node:fs'
import { canonicalBytes, type Json } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { publicHalf } from '@suture/trust/keys.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { step } from '#platform/machine.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { type RequestState, signingRequest } from '../request.ts'
import { signerHome } from '../signer-home.ts'
import { type Answer, type Asked, answer, type Rules, refusing } from './decide.ts'
import { openHome, readSealed, type Sealed } from './home.ts'
import { Journal } from './journal.ts'
import { RefusalPace } from './refusal-pace.ts'
import { type Lock, SealBroken } from './seal.ts'
import { type RowName, Session } from './session.ts'

interface Parts {
  readonly home: string
  readonly lock: Lock
  readonly url: string
  readonly rules: Rules
  readonly clock: Clock
  readonly log: Log
}

const tick = 500
const heartbeat = 5_000
const backOff = { least: 100, most: 5_000 }
/** Of how many rows the last decision is remembered. */
const remembered = 4_096

/** Whether the signer can take requests, or has to wait for the database. */
export type Standing = 'ready' | 'waiting'

/** The only holder of online keys: it takes requests from the database, and believes nothing else that is in there. */
export class Signer {
  readonly #parts: Parts
  readonly #keys: Sealed['keys']
  readonly #journal: Journal
  /** The last decision about each row: the same again, because a row is asked again or not yet stored, is not journalled. */
  readonly #journalled = new Map<string, string>()
  readonly #pace = new RefusalPace()
  #highestRoster: number
  #stopping = false
  #wake: () => void = () => undefined
  #lastBeat = 0
  #lastFault = ''

  /** @throws OperatorError, SealBroken */
  constructor(parts: Parts) {
    this.#parts = parts
    const { keys, roster } = openHome(parts.home, parts.lock)
    this.#keys = keys
    this.#journal = new Journal(signerHome(parts.home), parts.lock)
    this.#highestRoster = Math.max(roster.counter, this.#journal.highestRoster)
  }

  /**
   * Serves requests until `stop`, through every restart of PostgreSQL.
   * @param tell called with each change; before the first one the signer waits
   */
  async run(tell: (standing: Standing) => void): Promise<void> {
    let pause = backOff.least
    let standing: Standing = 'waiting'
    const stand = (next: Standing) => {
      if (next !== standing) tell(next)
      standing = next
    }
    while (!this.#stopping) {
      let session: Session | undefined
      try {
        session = await Session.open(this.#parts.url, () => this.#wake())
        await this.#serve(session, () => {
          pause = backOff.least
          stand('ready')
        })
      } catch (error) {
        if (error instanceof OperatorError) throw error
        stand('waiting')
        this.#sayFault(error)
        await this.#sleep(pause)
        pause = Math.min(pause * 2, backOff.most)
      } finally {
        await session?.close()
      }
    }
    this.#journal.close()
  }

  /** Ends `run` after the decision under way. */
  stop(): void {
    this.#stopping = true
    this.#wake()
  }

  async #serve(session: Session, onServing: () => void): Promise<void> {
    while (!this.#stopping) {
      const slept = this.#sleep(tick)
      this.#beat()
      const rows = await session.waiting()
      onServing()
      for (const row of rows) {
        if (this.#stopping) return
        await this.#decide(session, row).catch((error: unknown) => this.#endure(error))
      }
      await slept
    }
  }

  async #decide(session: Session, row: RowName): Promise<void> {
    const asked = await session.read(row)
    if (!asked) return
    const at = this.#parts.clock.now()
    const { answer, roster } = this.#answer(asked, at)
    // Looked at again at the next pass: what may be signed does not wait behind it.
    if (answer.kind === 'refuse' && !this.#pace.allows(at)) return
    const next = step(signingRequest, { kind: 'requested' } as RequestState, { ...answer, at })
    if (!next.ok || next.state.kind === 'requested') return
    const digest = Buffer.isBuffer(asked.payload) ? sha256(asked.payload) : sha256(Buffer.alloc(0))
    const purpose = String(asked.purpose).slice(0, 64).toWellFormed()
    this.#record(row, { at, digest, purpose, roster, answer })
    const envelope = answer.kind === 'sign' ? canonicalBytes(answer.statement as unknown as Json) : undefined
    await session.store(row, next.state, envelope && { purpose, digest, envelope })
    this.#parts.log.info({ request: row.id, purpose, digest, decision: next.state.kind }, 'decided')
  }

  /** The sealed roster is read anew for each decision, so that a revocation holds at once. */
  #answer(asked: Asked, now: Date): { answer: Answer; roster: number } {
    try {
      const { roster } = readSealed(this.#parts.home, this.#parts.lock)
      if (roster.counter < this.#highestRoster) {
        this.#parts.log.error({ counter: roster.counter, seen: this.#highestRoster }, 'roster rolled back')
        return { answer: refusing('home-rolled-back', 'A newer roster was in use.'), roster: this.#highestRoster }
      }
      this.#highestRoster = roster.counter
      const grounds = {
        roster,
        releaseKey: publicHalf(this.#keys['release-publish']),
        planKey: publicHalf(this.#keys['rollout-plan']),
        now,
      }
      return { answer: answer(asked, this.#parts.rules, grounds, this.#keys), roster: roster.counter }
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      this.#parts.log.error('sealed home damaged')
      return { answer: refusing('home-damaged', error.message), roster: this.#highestRoster }
    }
  }

  /** Writes the decision down before anybody can act on it. */
  #record(
    row: RowName,
    {
      at,
      digest,
      purpose,
      roster,
      answer,
    }: { at: Date; digest: string; purpose: string; roster: number; answer: Answer },
  ): void {
    const request = row.id.slice(0, 64).toWellFormed()
    const decided = `${digest} ${purpose} ${roster} ${answer.kind === 'sign' ? '' : answer.refusal}`
    if (this.#journalled.get(request) !== decided) {
      const entry = { at: at.toISOString(), purpose, digest, request, roster }
      if (answer.kind === 'sign') {
        this.#journal.append({ ...entry, decision: 'signed', statement: answer.statement as unknown as Json })
      } else {
        this.#journal.append({ ...entry, decision: 'refused', refusal: answer.refusal, detail: answer.detail })
      }
      this.#remember(request, decided)
    }
    this.#journal.seal()
  }

  #remember(request: string, decided: string): void {
    this.#journalled.delete(request)
    this.#journalled.set(request, decided)
    const [oldest] = this.#journalled.keys()
    if (this.#journalled.size > remembered && oldest !== undefined) this.#journalled.delete(oldest)
  }

  #beat(): void {
    const now = this.#parts.clock.now()
    if (now.getTime() - this.#lastBeat < heartbeat) return
    this.#lastBeat = now.getTime()
    writeFileSync(signerHome(this.#parts.home).heartbeat, `${now.toISOString()}\n`, { mode: 0o644 })
  }

  /** One row that cannot be served must not keep the others waiting; a lost connection shows at the next pass. */
  #endure(error: unknown): void {
    if (error instanceof OperatorError) throw error
    this.#sayFault(error)
  }

  #sayFault(error: unknown): void {
    const fault = error instanceof Error ? error.message : String(error)
    if (fault !== this.#lastFault) this.#parts.log.warn({ fault }, 'cannot serve, trying again')
    this.#lastFault = fault
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#stopping ? 0 : ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
