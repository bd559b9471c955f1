import { expect, test } from 'vitest'
import { assurancesOf, countsOf, readPack } from './pack.ts'

const envelope = (document: object) => ({
  payload: Buffer.from(JSON.stringify(document)).toString('base64'),
  signatures: [{ keyid: 'k1' }],
})

const device = (at: number) => `00000000-0000-4000-8000-00000000000${at}`

const result = (at: number, state: string, assurance: string) => ({
  device: device(at),
  model: 'Vision',
  hardwareRevision: 'A',
  state,
  assurance,
  before: '12.36',
  after: state === 'verified' ? '12.38.1' : null,
  observedAt: null,
  wave: 1,
})

const file = {
  format: 'suture.evidence-pack.v1',
  approvals: [{ name: 'Zoë', keyId: 'k2', person: device(9) }],
  findings: [{ device: device(1), vulnerability: 'CVE-2023-6448', assurance: 'observed' }],
  results: [result(1, 'verified', 'observed'), result(2, 'silent', 'none'), result(3, 'disputed', 'observed')],
  plan: envelope({ name: 'Überall', waves: [{}, {}], audience: { count: 3 } }),
  release: envelope({ name: 'Vision 12.38.1', version: '12.38.1', artifacts: [] }),
  verdict: envelope({ verdict: 'passed', at: '2026-11-24T09:00:00Z', rigs: [{}], uncovered: [] }),
  statement: envelope({
    outcome: 'finished',
    startedAt: '2026-11-24T09:00:00Z',
    endedAt: '2026-11-24T09:10:00Z',
    at: '2026-11-24T09:11:00Z',
    plan: 'a',
    release: 'b',
    verdict: 'c',
    quarantined: [],
    findings: { closed: 1 },
    results: { devices: 3, states: { verified: 1, silent: 1, disputed: 1, failed: 0 } },
  }),
}

test('a pack is read in its own words, letters beyond ASCII included', () => {
  const pack = readPack(file)
  expect(pack.plan.name).toBe('Überall')
  expect(pack.approvals[0]?.name).toBe('Zoë')
  expect(pack.signedBy).toEqual(['k1'])
})

test('states that nothing ended in are left out, and the others keep their order', () => {
  expect(countsOf(readPack(file))).toEqual([
    ['verified', 1],
    ['silent', 1],
    ['disputed', 1],
  ])
})

test('only what is verified counts as known, whatever was read of the others', () => {
  expect([...assurancesOf(readPack(file).results)]).toEqual([['observed', 1]])
})

test.each([
  ['no file', null],
  ['another format', { ...file, results: 'many' }],
  ['a state that is none', { ...file, results: [{ ...file.results[0], state: 'fine' }] }],
  ['a statement that is no JSON', { ...file, statement: { payload: 'AAAA', signatures: [] } }],
])('%s is not taken for a pack', (_, given) => {
  expect(() => readPack(given)).toThrow()
})
