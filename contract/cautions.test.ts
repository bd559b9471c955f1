import { expect, test } from 'vitest'
import { moreKindsText, quarantineFate, unseenText, untestedText } from './cautions.ts'

const quarantine = {
  ...{ manufacturer: 'Acme', model: 'M1', hardwareRevision: 'C', rollout: { id: '', name: 'first' }, at: new Date(0) },
  ...{ failed: 1, silent: 5, devices: 0, named: false },
}
const uncovered = { verdict: 'passed' as const, devices: 0, kinds: 0, cells: [], unseen: 0 }

test('whoever approves is told what became of a quarantined revision, and whether this plan reaches it knowingly', () => {
  expect(quarantineFate(quarantine)).toBe('1 failed, 5 more fell silent. None of its devices is in this plan.')
  expect(quarantineFate({ ...quarantine, devices: 1, named: true })).toMatch(
    /1 of its devices is in this plan, which names the revision\.$/,
  )
  expect(quarantineFate({ ...quarantine, devices: 2 })).toMatch(
    /2 of its devices are in this plan, which was made without knowing that\.$/,
  )
})

test('whoever approves is told how many untested devices a plan reaches, and why they are', () => {
  const given = { ...uncovered, devices: 7, kinds: 2 }
  expect(untestedText(given)).toBe('The plan reaches untested devices, 7 of 2 kinds: no rig stood for them in the lab.')
  expect(untestedText({ ...given, kinds: 1, verdict: null })).toMatch(/1 kind: the lab has given no verdict\.$/)
  expect(moreKindsText(given)).toBe('and 2 kinds more')
  expect(unseenText({ ...given, unseen: 1 })).toBe('1 device of the plan is at sites that you may not see.')
})

test('where there is nothing to be cautious of, nothing is said', () => {
  expect([untestedText(uncovered), moreKindsText(uncovered), unseenText(uncovered)]).toEqual(['', '', ''])
})
