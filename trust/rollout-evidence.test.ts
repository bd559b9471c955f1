import {
  draftPack,
  type PackDraft,
  saidOfChanged,
  saidOfDraft,
  sealPack,
  someResults,
} from '@suture/testing/evidence-pack.ts'
import { expect, test } from 'vitest'
import { canonicalBytes, type Json } from './canonical.ts'
import { canonicalItems } from './canonical-text.ts'
import { sha256 } from './digest.ts'
import { summariseResults } from './evidence-pack.ts'
import type { DeviceResult } from './rollout-evidence.ts'

const good = sealPack(draftPack())

test('a list has the digest of its canonical bytes, however long it is', () => {
  const results = someResults()
  expect(summariseResults(results).digest).toBe(sha256(canonicalBytes(results as unknown as Json)))
  expect(Buffer.concat([...canonicalItems([])]).toString()).toBe('[]')
})

const first = (results: readonly DeviceResult[], state: DeviceResult['state']) =>
  results.findIndex((each) => each.state === state)
const ofResult = (state: DeviceResult['state'], change: Partial<DeviceResult>): string =>
  saidOfDraft(({ results }) => {
    const at = first(results, state)
    results.splice(at, 1, { ...(results[at] as DeviceResult), ...change })
  })

test.each<[string, Partial<DeviceResult>, string]>([
  ['by its own report', { assurance: 'claimed' }, 'only known as “claimed”'],
  ['by nothing', { assurance: 'none' }, 'only known as “none”'],
  ['with no version', { after: null }, 'without a version'],
  ['at no time', { observedAt: null }, 'not observed since the rollout began'],
  ['before the rollout', { observedAt: '2026-06-01T03:59:59.999Z' }, 'not observed since the rollout began'],
  ['in the future', { observedAt: '2026-06-01T09:00:00.001Z' }, 'observed after the evidence was made'],
])('no device is verified %s', (_, change, why) => {
  expect(ofResult('verified', change)).toMatch(new RegExp(`^results: Device .*${why}`))
})

test('a result says what it can know: no other state, no wave for a device that was not offered', () => {
  expect(saidOfChanged(good, (pack) => (pack.results = [{ ...good.results[0], state: 'patched' }]))).toMatch(
    /^file: \/results\/0\/state must be/,
  )
  expect(ofResult('not-offered', { wave: 0 })).toMatch(/^results: .* was not offered/)
  expect(ofResult('silent', { state: 'cancelled' })).toBe('verified')
})

test('results and findings are in order, none twice, and counted as they are', () => {
  expect(saidOfDraft(({ results }) => results.reverse())).toMatch(/^results: .*not in order/)
  expect(saidOfDraft(({ results }) => results.splice(1, 1, results[0] as DeviceResult))).toMatch(/^results: .*twice/)
  expect(saidOfDraft(({ findings }) => findings.reverse())).toMatch(/^findings: .*not in order/)
  expect(saidOfDraft((d) => d.findings.push(d.findings[1] as never))).toMatch(/^findings: .*name one twice/)
  const counting = (states: object, devices = 5) =>
    saidOfDraft((d) => {
      const { digest, states: true_ } = summariseResults(d.results)
      d.statement = { results: { digest, devices, states: { ...true_, ...states } } }
    })
  expect(counting({})).toBe('verified')
  expect(counting({ verified: 4, silent: 0, failed: 0 })).toMatch(/^results: The statement counts verified differently/)
  expect(counting({ verified: 5 })).toBe('statement: The states count 8 devices, and there are 5.')
  expect(counting({ silent: 0 }, 4)).toMatch(/^plan: The plan is for 5 devices/)
  expect(saidOfDraft((d) => (d.statement = { findings: { digest: sha256(Buffer.from('[]')), closed: 0 } }))).toMatch(
    /^findings: The findings are not those/,
  )
})

test('other lists than those signed are found out, also when they are as long', () => {
  expect(saidOfDraft((d) => (d.statement = { results: summariseResults(someResults()) }))).toBe(
    'results: The results are not those of the statement.',
  )
  expect(saidOfChanged(good, (pack) => (pack.findings = []))).toBe(
    'findings: The findings are not those of the statement.',
  )
})

test('a finding is closed only on a verified device, and within the time of the evidence', () => {
  const closing = (change: (d: PackDraft) => object) =>
    saidOfDraft((d) => (d.findings = [{ ...(d.findings[0] as PackDraft['findings'][0]), ...change(d) }]))
  expect(closing(() => ({}))).toBe('verified')
  expect(closing((d) => ({ device: d.results[first(d.results, 'silent')]?.device }))).toMatch(
    /^findings: .*which is not verified/,
  )
  expect(closing((d) => ({ device: d.plan.plan }))).toMatch(/^findings: .*which is not verified/)
  expect(closing(() => ({ closedAt: '2026-06-01T03:59:59.999Z' }))).toMatch(/^findings: .*outside the time/)
  expect(closing(() => ({ closedAt: '2026-06-01T09:00:00.001Z' }))).toMatch(/^findings: .*outside the time/)
  expect(closing(() => ({ assurance: 'claimed' }))).toMatch(/^file: \/findings\/0\/assurance must be/)
})

test('time runs forwards in a statement', () => {
  expect(saidOfDraft((d) => (d.statement = { endedAt: '2026-06-01T03:00:00.000Z' }))).toMatch(/ended before it began/)
  expect(saidOfDraft((d) => (d.statement = { at: '2026-06-01T07:00:00.000Z' }))).toMatch(/older than the end/)
})

test('a revision is quarantined once', () => {
  const revision = { model: 'DL-20', hardwareRevision: 'C' }
  expect(saidOfDraft((d) => (d.statement = { quarantined: [revision] }))).toBe('verified')
  expect(saidOfDraft((d) => (d.statement = { quarantined: [revision, revision] }))).toMatch(/^statement: A revision is/)
})
