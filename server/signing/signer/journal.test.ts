import fs, { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { OperatorError } from '#platform/operator-error.ts'
import { signerHome } from '../signer-home.ts'
import { openHome } from './home.ts'
import { Journal, readJournal } from './journal.ts'
import { RefusalPace } from './refusal-pace.ts'
import { Lock } from './seal.ts'

const lock = new Lock('right', 1 << 4)
const digest = 'a'.repeat(64)
const at = '2026-06-01T12:00:00.000Z'
const refused = {
  at,
  digest,
  purpose: 'rollout-plan',
  request: '1',
  roster: 1,
  decision: 'refused',
  refusal: 'x',
} as const
const signed = { ...refused, decision: 'signed', refusal: undefined, statement: { payload: '' } } as const
const { refusal: _, ...signature } = signed

/** A new home with an open journal. */
function newJournal() {
  const home = mkdtempSync(join(tmpdir(), 'suture-journal-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  openHome(home, lock)
  const paths = signerHome(home)
  const lines = () => readFileSync(paths.journal, 'utf8').split('\n').slice(0, -1)
  return { paths, lines, open: () => new Journal(paths, lock) }
}

test('what was decided is read back in its order, whatever its length, and a line that was cut short is dropped', () => {
  const { paths, open } = newJournal()
  const journal = open()
  const details = [1, 70_000, 500_000, 3, 65_000].map((length) => 'é'.repeat(length))
  for (const detail of details) journal.append({ ...refused, detail })
  writeFileSync(paths.journal, '{"half":', { flag: 'a' })
  expect([...readJournal(paths.journal)].map((entry) => entry.detail)).toEqual(details)
  open().append(refused)
  expect([...readJournal(paths.journal)]).toHaveLength(details.length + 1)
})

test('a journal larger than the memory that reading may take is read', () => {
  const { paths, open } = newJournal()
  const journal = open()
  const entries = 600
  for (let n = 0; n < entries; n++) journal.append({ ...refused, detail: 'x'.repeat(200_000) })
  journal.close()
  const before = process.memoryUsage.rss()
  let most = before
  for (const _entry of readJournal(paths.journal)) most = Math.max(most, process.memoryUsage.rss())
  expect(statSync(paths.journal).size).toBeGreaterThan(120e6)
  expect(most - before).toBeLessThan(90e6)
})

test('a line without an end is not collected without an end', () => {
  const { paths, open } = newJournal()
  writeFileSync(paths.journal, 'x'.repeat(40 << 20), { flag: 'a' })
  expect(() => open()).toThrow('was changed at line 1')
})

test('an entry that did not reach the disk is nowhere, and the next one is written as if it had not been', () => {
  const { paths, lines, open } = newJournal()
  const journal = open()
  journal.append(refused)
  const { fsyncSync } = fs
  const mend = () => {
    fs.fsyncSync = fsyncSync
    syncBuiltinESMExports()
  }
  onTestFinished(mend)
  fs.fsyncSync = () => {
    throw new Error('the disk is full')
  }
  syncBuiltinESMExports()
  expect(() => journal.append({ ...refused, roster: 9 })).toThrow('the disk is full')
  expect(journal.highestRoster).toBe(1)
  expect(lines()).toHaveLength(1)
  mend()
  journal.append({ ...refused, request: '2' })
  expect([...readJournal(paths.journal)].map((entry) => entry.request)).toEqual(['1', '2'])
})

test('somebody else’s writing stops the signer', () => {
  const { paths, open } = newJournal()
  const journal = open()
  writeFileSync(paths.journal, '{}\n', { flag: 'a' })
  expect(() => journal.append(refused)).toThrow(OperatorError)
})

test('no entry can be changed, left out, put in or swapped', () => {
  const { paths, lines, open } = newJournal()
  const journal = open()
  for (const request of ['1', '2', '3']) journal.append({ ...refused, request })
  const [first = '', second = '', third = ''] = lines()
  for (const forged of [
    [first, second.replace('"x"', '"y"'), third],
    [first, third],
    [first, first, second, third],
    [second, first, third],
    [first, second, third, second],
  ]) {
    writeFileSync(paths.journal, `${forged.join('\n')}\n`)
    expect(() => open()).toThrow(/was changed at line \d of /)
  }
})

test('a signature cannot be cut off the journal, nor a refusal that was there when the signer stopped', () => {
  const { paths, lines, open } = newJournal()
  const journal = open()
  journal.append(refused)
  journal.append(signature)
  journal.seal()
  journal.append(refused)
  const three = lines()
  const cutTo = (count: number) =>
    writeFileSync(
      paths.journal,
      three
        .slice(0, count)
        .map((line) => `${line}\n`)
        .join(''),
    )
  for (const count of [1, 0]) {
    cutTo(count)
    expect(() => open()).toThrow('was cut or replaced')
  }
  cutTo(2)
  open().close()
  const stopped = open()
  stopped.append(refused)
  stopped.close()
  cutTo(2)
  expect(() => open()).toThrow('was cut or replaced')
})

test('which roster was in use cannot be cut off, even if it only refused', () => {
  const { paths, open } = newJournal()
  const journal = open()
  journal.append({ ...refused, roster: 7 })
  journal.seal()
  truncateSync(paths.journal, 0)
  expect(() => open()).toThrow('was cut or replaced')
})

test('refusals are sealed from time to time while the signer runs', () => {
  const { paths, open } = newJournal()
  const journal = open()
  for (let n = 0; n < 40; n++) {
    journal.append(refused)
    journal.seal()
  }
  truncateSync(paths.journal, 0)
  expect(() => open()).toThrow('does not hold the 33 entries')
})

test('another whole chain does not pass for the journal, even with a seal of another passphrase', () => {
  const [mine, other] = [newJournal(), newJournal()]
  for (const { open } of [mine, other]) {
    const journal = open()
    journal.append({ ...signature, request: open === mine.open ? 'mine' : 'other' })
    journal.close()
  }
  const own = readFileSync(mine.paths.checkpoint)
  writeFileSync(mine.paths.journal, readFileSync(other.paths.journal))
  expect(() => mine.open()).toThrow('was cut or replaced')
  const forged = new Lock('wrong', 1 << 4).seal(Buffer.from(`{"entries":0,"last":"${'0'.repeat(64)}"}`))
  for (const checkpoint of [forged, readFileSync(mine.paths.sealed), own.subarray(0, -1)]) {
    writeFileSync(mine.paths.checkpoint, checkpoint)
    expect(() => mine.open()).toThrow('does not open')
  }
  rmSync(mine.paths.checkpoint)
  expect(() => mine.open()).toThrow('checkpoint of the signer’s journal is gone')
})

test('a journal that is gone is not begun anew', () => {
  const { paths, open } = newJournal()
  rmSync(paths.journal)
  expect(() => open()).toThrow('The signer’s journal is gone')
})

test('a home that was cut short while it was made is made anew, but not one with a journal that was used', () => {
  const { paths, open } = newJournal()
  const home = join(paths.directory, '..')
  rmSync(paths.sealed)
  rmSync(paths.public)
  openHome(home, lock)
  open().append(refused)
  rmSync(paths.sealed)
  rmSync(paths.public)
  expect(() => openHome(home, lock)).toThrow('The signer’s keys are gone')
})

test('a hundred refusals may come at once, and twenty a second after them, however long there was none', () => {
  const pace = new RefusalPace()
  const allowedAt = (ms: number) => {
    let count = 0
    while (count < 1000 && pace.allows(new Date(1e12 + ms))) count++
    return count
  }
  expect([0, 0, 500, 1500, 1400, 3_600_000].map(allowedAt)).toEqual([100, 0, 10, 20, 0, 100])
})
