import { expect, test } from 'vitest'
import type { Rollout, Wave } from './kinds.ts'
import { listSearch, pageSearch } from './search.ts'
import {
  cellText,
  markOf,
  percent,
  releaseText,
  seamText,
  short,
  signersText,
  stateText,
  stitchesOf,
  uncoveredOf,
  underWay,
} from './words.ts'

const none = { asked: 0, offered: 0, ended: 0, verified: 0 }
const wave = (given: Partial<Wave>) =>
  ({ devices: 0, offered: 0, verified: 0, failed: 0, silent: 0, other: 0, retries: none, ...given }) as Wave

test('a rollout that moves names its wave, and one that does not, does not', () => {
  const waves = [wave({ no: 1, state: 'passed' }), wave({ no: 2, state: 'observing' })]
  expect(stateText({ state: 'running', waves }, 'running')).toBe('running, wave 2 of 2')
  expect(stateText({ state: 'stopped', waves }, 'stopped')).toBe('stopped')
})

test('the seam is also a sentence, and has a stitch where each wave ends', () => {
  const waves = [
    wave({ devices: 5, verified: 3, retries: { ...none, verified: 1 }, state: 'passed' }),
    wave({ devices: 7, verified: 0, state: 'not-open' }),
  ]
  expect(stitchesOf(waves)).toEqual([5, 12])
  expect(seamText(waves, 12)).toBe('4 of 12 devices verified; 1 of 2 waves passed')
})

test('devices are under way from their offer to their end', () => {
  expect(underWay([wave({ offered: 9, verified: 3, failed: 2, silent: 1, other: 1 })])).toBe(2)
  expect(underWay([wave({ retries: { ...none, offered: 3, ended: 1 } })])).toBe(2)
})

test('each counter and the state are part of what tells a rollout from what it was', () => {
  const marks = [
    {},
    { offered: 1 },
    { verified: 1 },
    { failed: 1 },
    { silent: 1 },
    { other: 1 },
    { retries: { ...none, asked: 1 } },
  ].map((counters) => markOf({ state: 'running', waves: [wave(counters)] }))
  expect(new Set([...marks, markOf({ state: 'paused', waves: [wave({})] })]).size).toBe(8)
})

test('whoever looks is told whether they may be the one who signs', () => {
  const rollout = { createdBy: 'maker', approvals: [{ person: 'first' }] } as unknown as Rollout
  const said = (id: string, mayApprove: boolean) => signersText(rollout, 2, { id, mayApprove })
  expect(said('maker', true)).toMatch(/You wrote this plan, so someone else must\.$/)
  expect(said('first', true)).toMatch(/^One more person signs it\. You have signed/)
  expect(said('other', false)).toMatch(/You may not\.$/)
  expect(said('other', true)).toMatch(/You may be one of them\.$/)
  expect(signersText(rollout, 1, { id: 'other', mayApprove: true })).toBe(
    'Enough people have signed; the signer decides next.',
  )
})

test('of what the lab did not cover, only what the rollout reaches counts', () => {
  const strata = [
    { manufacturer: 'Acme', model: 'M1', hardwareRevision: 'A', devices: 3 },
    { manufacturer: 'Acme', model: 'M1', hardwareRevision: 'B', devices: 0 },
  ] as Wave['strata']
  const cell = (model: string, hardwareRevision: string) => ({ model, hardwareRevision })
  const cells = [cell('Acme M1', 'A'), cell('Acme M1', 'B'), cell('Acme M2', 'A'), cell('M1', 'A')]
  expect(uncoveredOf([{ strata }], cells)).toEqual([cell('Acme M1', 'A')])
})

test('a kind of device is told by what it starts from', () => {
  expect(cellText({ currentVersion: '12.1', bootloader: '1.4' })).toBe('now on 12.1, bootloader 1.4')
  expect(cellText({})).toBe('')
})

test('names, digests and percentages are short', () => {
  expect(releaseText({ name: 'Vision 12.38.1', version: '12.38.1' })).toBe('Vision 12.38.1')
  expect(releaseText({ name: 'Vision 12.38.10', version: '12.38.1' })).toBe('Vision 12.38.10 12.38.1')
  expect(short('8a8918fef44ebd4adc52d4fc')).toBe('8a89…d4fc')
  expect([percent(0), percent(100 / 3)]).toEqual(['0 %', '33.3 %'])
})

test('an address that says nonsense shows everything', () => {
  expect(listSearch({ state: 'running', cursor: 'x' })).toEqual({ state: 'running', cursor: 'x' })
  expect(listSearch({ state: 'nonsense', cursor: 7 })).toEqual({})
  expect(pageSearch({ view: 'table' })).toEqual({ view: 'table' })
  expect(pageSearch({ view: 'toString' })).toEqual({})
})
