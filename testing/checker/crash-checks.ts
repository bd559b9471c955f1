import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unexplained } from './crash-log.ts'
import type { History, Passage, Record } from './crash-record.ts'
import { readPack } from './pack.ts'
import type { Report } from './report.ts'
import { did, type Thing } from './truth.ts'

/** What is held against each other after a run. */
export interface Crash {
  readonly record: Record
  readonly things: ReadonlyMap<string, Thing>
  readonly history: History
  /** The database's address, which says where it is; each check gets what it needs from here. */
  readonly figures: { words: number; jobs: number; samples: number }
}

/** How soon a task that was cut off is under way again, in seconds: what is promised. */
const resumeSeconds = 10

const setOf = (serials: Iterable<string>): string => [...new Set(serials)].sort().join(' ')

/** The rollouts ended, and the same devices are verified as without a kill: those that in truth run the new version. */
export function checkVerified({ record, things, history }: Crash, report: Report): void {
  report.hold(record.isEnded, () => 'The rollouts did not come to their end')
  report.hold(
    history.quarantined.size === 1,
    () => `${history.quarantined.size} revisions are quarantined, one was due`,
  )
  const audience = new Set(record.audience)
  const good = ({ serial, hardwareRevision }: Pick<Thing, 'serial' | 'hardwareRevision'>) =>
    audience.has(serial) && !history.quarantined.has(hardwareRevision)
  const verified = setOf(
    history.passages.filter((each) => each.state === 'verified' && good(each)).map(({ serial }) => serial),
  )
  const really = setOf(
    [...things.values()].filter((each) => good(each) && each.runs === record.wanted).map(({ serial }) => serial),
  )
  report.hold(verified === really, () => `Verified: ${verified}; in truth it runs on: ${really}`)
  report.hold(
    verified === setOf(record.expected),
    () => `Verified: ${verified}; without a kill: ${setOf(record.expected)}`,
  )
}

/** No device had two open jobs: not when it was looked at, not in the history, and not by its own account. */
export function checkOneJob({ record, things, history, figures }: Crash, report: Report): void {
  figures.samples = record.samples
  report.hold(record.samples > 100, () => `The open jobs were looked at ${record.samples} times`)
  for (const { device, actions, at } of record.doubles)
    report.hold(false, () => `Device ${device} had the open actions ${actions.join(' and ')} at ${at}`)
  for (const passages of Map.groupBy(history.passages, ({ controllerId }) => controllerId).values())
    for (const [at, passage] of passages.entries()) {
      const next = passages[at + 1]
      report.hold(
        next === undefined || (passage.to !== null && passage.to <= next.from),
        () => `${passage.controllerId} got action ${next?.actionId} while ${passage.actionId} was open`,
      )
    }
  for (const { controllerId, facts } of things.values()) {
    const beside = facts.filter(({ event }) => event === 'offered-beside')
    report.hold(
      beside.length === 0,
      () => `${controllerId} was offered another action in the middle of ${beside[0]?.actionId}`,
    )
  }
}

/** Nothing that ended is offered again, or ends twice. */
export function checkOnce({ things, history }: Crash, report: Report): void {
  for (const { controllerId, facts } of things.values()) {
    const again = facts.filter(({ event }) => event === 'offered-again')
    report.hold(
      again.length === 0,
      () => `${controllerId} was offered action ${again[0]?.actionId} again after its end`,
    )
  }
  for (const { controllerId, actionId, ends, state } of history.passages)
    report.hold(
      ends.length === 1 && ends[0] === state,
      () =>
        `Action ${actionId} of ${controllerId} is ${state}; the record says that it ended ${ends.length} times: ${ends.join(', ')}`,
    )
}

/** In the words of the database, written from hawkBit's description of its device API. */
const kept = ({ on, execution, finished }: Thing['words'][number]): string => {
  if (on === 'cancelAction') return execution === 'closed' && finished !== 'failure' ? 'cancelled' : 'cancel-refused'
  const known: { readonly [word: string]: string } = {
    download: 'downloading',
    downloaded: 'downloaded',
    proceeding: 'proceeding',
  }
  if (execution === 'closed') return finished === 'failure' ? 'failed' : 'succeeded'
  return known[execution] ?? 'seen'
}

/** Whether the one list can be read in the other, in its order; a word that repeats the one before counts once. */
function isWithin(told: readonly string[], held: readonly string[]): boolean {
  const said = told.filter((word, at) => word !== told[at - 1])
  let at = 0
  for (const word of held) if (word === said[at]) at++
  return at === said.length
}

/** Every word that the server acknowledged is in the database, in its order. */
export function checkWords({ things, history, figures }: Crash, report: Report): void {
  const passages = new Map<string, Passage>(
    history.passages.map((each) => [`${each.controllerId} ${each.actionId}`, each]),
  )
  // A rig's words are the lab's.
  for (const { controllerId, words } of things.values())
    for (const [actionId, said] of controllerId.startsWith('rig-') ? [] : Map.groupBy(words, (word) => word.actionId)) {
      figures.words += said.length
      const passage = passages.get(`${controllerId} ${actionId}`)
      const told = said.map((word) => `${kept(word)} ${word.details.join('; ')}`)
      const held = passage?.words.map(({ execution, details }) => `${execution} ${details.join('; ')}`) ?? []
      report.hold(
        isWithin(told, held),
        () => `${controllerId} was told that these were taken: ${told.join(', ')}; kept: ${held.join(', ')}`,
      )
    }
  report.hold(figures.words > 0, () => 'No word was acknowledged')
}

/** After each kill there was one of everything again, and nothing was left over. */
export function checkOneOfEach({ record }: Crash, report: Report): void {
  report.hold(record.ownEnds === 0, () => `The server ended ${record.ownEnds} times by itself`)
  for (const { no, targets, recovery } of record.strikes) {
    const found = Object.entries(recovery.census).map(([part, pids]) => `${pids.length} ${part}`)
    report.hold(
      recovery.whole !== undefined,
      () => `Ten seconds after kill ${no} (${targets.join(' + ')}): ${found.join(', ')}`,
    )
  }
}

/** Tasks that a kill cut off were under way again, or done, in time. */
export function checkTasks({ record }: Crash, report: Report): void {
  report.hold(record.strikes.length < 8 || record.tasks.length > 0, () => 'No kill fell into a task')
  for (const { id, name, resumedAfter } of record.tasks)
    report.hold(
      resumedAfter !== undefined && resumedAfter <= resumeSeconds,
      () =>
        `Task ${id} (${name}) was taken up again ${resumedAfter === undefined ? 'never' : `after ${resumedAfter.toFixed(1)} s`}`,
    )
}

/** Who really fell silent is silent, and nobody else, however long the server was away. */
export function checkSilence({ record, things, history }: Crash, report: Report): void {
  const longest = Math.max(0, ...record.strikes.map(({ downMs }) => downMs))
  report.hold(
    record.strikes.length < 8 || longest > record.silenceSeconds * 1000,
    () => 'The server was never away for longer than a device may be silent',
  )
  for (const { controllerId, actionId, state } of history.passages) {
    const thing = things.get(controllerId)
    const isDead = thing !== undefined && (did(thing, 'bricked') || did(thing, 'silent'))
    report.hold(
      isDead === (state === 'silent'),
      () =>
        `${controllerId} is ${state} (action ${actionId}), and in truth it was ${isDead ? 'never heard of again' : 'there'}`,
    )
  }
}

/** The evidence verifies, with the product and without it, and names the results that the database has. */
export function checkEvidence({ record, history }: Crash, report: Report): void {
  report.hold(record.packs.length === record.rollouts.length, () => 'There is no evidence for each rollout')
  for (const { rollout, file, isVerified } of record.packs) {
    report.hold(isVerified, () => `The product does not verify its evidence of ${rollout}`)
    const pack = readPack(file, record.keys, report)
    const verified = history.passages.filter((each) => each.rollout === rollout && each.state === 'verified').length
    const named = pack.results.filter(({ state }) => state === 'verified').length
    report.hold(named === verified, () => `The evidence names ${named} verified devices, the database ${verified}`)
  }
}

/** A file that was cut off while it arrived arrives whole at the next attempt, and leaves nothing behind. */
export function checkUpload({ record, history }: Crash, report: Report): void {
  const { status, told, sha256, home } = record.upload
  report.hold(status === 0, () => `The upload did not succeed at the end: ${told}`)
  report.hold(history.artifacts.has(sha256), () => 'The artifact that was uploaded is not known')
  const drafts = readdirSync(join(home, 'blobs', 'drafts'), { recursive: true, withFileTypes: true })
  const left = drafts.filter((entry) => entry.isFile() && !/\.lock(-journal)?$/.test(entry.name))
  report.hold(
    left.length === 0,
    () => `${left.length} drafts were left behind: ${left.map(({ name }) => name).join(', ')}`,
  )
}

/** The log complains of nothing that the kills do not explain. */
export function checkLog({ record }: Crash, report: Report): void {
  for (const line of unexplained(readFileSync(record.log, 'utf8')))
    report.hold(false, () => `The log says: ${line.slice(0, 600)}`)
  report.hold(true, () => '')
}
