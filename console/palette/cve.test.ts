import { expect, test } from 'vitest'
import { answerCve, cvesIn, type Findings, type Known, type Vulnerability } from './cve.ts'

const now = new Date('2026-11-28T12:00:00Z')
const id = 'CVE-2023-6448'

const vulnerability = (more: Partial<Vulnerability> = {}): Vulnerability =>
  ({
    id,
    listedAt: '2023-12-11',
    devices: 3,
    matches: [{ verdict: 'affected', devices: 3, bills: 1 }],
    models: [{ manufacturer: 'Unitronics', name: 'Vision', devices: 3 }],
    ...more,
  }) as unknown as Vulnerability

const findings = (counts: Partial<Findings['counts']> = {}, dueAt: string | null = '2026-11-28T16:28:00Z'): Findings =>
  ({
    items: [{ dueAt: dueAt === null ? null : new Date(dueAt) }],
    counts: { findings: 3, devices: 3, vulnerabilities: 1, overdue: 0, undecided: 0, ...counts },
  }) as unknown as Findings

const known = (more: Partial<Known> = {}): Known => ({
  id,
  vulnerability: vulnerability(),
  findings: findings(),
  factsAt: new Date('2026-11-26T12:00:00Z'),
  seesAll: true,
  now,
  ...more,
})

test('a hit says how many devices, when the first is due, whether it is exploited, and how old the facts are', () => {
  expect(answerCve(known())).toEqual({
    glyph: 'open',
    tone: 'danger',
    title: 'You are hit: CVE-2023-6448 is on 3 devices of 1 model',
    says: [
      '3 findings (device × vulnerability), the first due in 4 h 28 m, 28 Nov 2026, 16:28 UTC.',
      'Exploited: in KEV since 11 Dec 2023.',
      'The facts were collected 26 Nov 2026, 12:00 UTC, 2 d 00 h ago.',
    ],
  })
})

test('what is late, undecided or not to be told apart is said', () => {
  const { says } = answerCve(
    known({
      vulnerability: vulnerability({
        listedAt: null,
        matches: [{ verdict: 'unknown', devices: 2 }] as unknown as Vulnerability['matches'],
      }),
      findings: findings({ overdue: 2, undecided: 1 }, '2026-11-27T12:00:00Z'),
      seesAll: false,
    }),
  )
  expect(says).toEqual([
    '3 findings (device × vulnerability), the first due 1 d 00 h late, 27 Nov 2026, 12:00 UTC, 2 of them overdue. 1 waits to be decided.',
    'Not listed as exploited (KEV).',
    'Of 2 devices nobody can tell, so they count as affected.',
    'The facts were collected 26 Nov 2026, 12:00 UTC, 2 d 00 h ago.',
    'Devices of sites that you may not see are not counted.',
  ])
})

test('a hit that is neither exploited nor due soon is no alarm, and one without a deadline says so', () => {
  const calm = known({ vulnerability: vulnerability({ listedAt: null }), findings: findings({}, null) })
  expect(answerCve(calm).tone).toBe('soon')
  expect(answerCve(calm).says[0]).toBe('3 findings (device × vulnerability), with no deadline.')
})

test('whoever may not see findings is told of the devices alone', () => {
  const { title, says } = answerCve(known({ findings: null }))
  expect(title).toBe('You are hit: CVE-2023-6448 is on 3 devices of 1 model')
  expect(says[0]).toBe('Exploited: in KEV since 11 Dec 2023.')
})

test('what nothing matches is not said to be absent', () => {
  expect(answerCve(known({ findings: findings({ findings: 0, devices: 0 }) }))).toEqual({
    glyph: 'na',
    tone: 'idle',
    title: 'No device of yours matches CVE-2023-6448',
    says: [
      'What stands in no bill, or was not recognised, is not compared.',
      'The facts were collected 26 Nov 2026, 12:00 UTC, 2 d 00 h ago.',
    ],
  })
})

test('what is not in the knowledge is never called not affected, and the day of the knowledge is told', () => {
  expect(answerCve(known({ vulnerability: null, findings: findings({ findings: 0, devices: 0 }) }))).toEqual({
    glyph: 'insufficient',
    tone: 'soon',
    title: 'CVE-2023-6448 is not in the knowledge of 26 Nov 2026',
    says: [
      'That is not “not affected”: no device was compared with it.',
      'The facts were collected 26 Nov 2026, 12:00 UTC, 2 d 00 h ago.',
    ],
  })
  const nothing = answerCve(known({ vulnerability: null, findings: null, factsAt: null }))
  expect([nothing.title, nothing.says[1]]).toEqual([
    'Nothing is known of CVE-2023-6448',
    'No document of facts is in force.',
  ])
})

test('CVE ids are found in whatever was pasted, each once, however it hyphenates them', () => {
  expect(cvesIn('https://nvd.nist.gov/vuln/detail/cve-2023-6448#top')).toEqual([id])
  expect(cvesIn('fixes CVE‑2023‑6448, CVE–2024–2422 and CVE 2023-6448')).toEqual([id, 'CVE-2024-2422'])
  expect(cvesIn('ADVISORYCVE-2023-6448')).toEqual([id])
  expect(cvesIn('CVE-2023-644')).toEqual([])
  expect(cvesIn('CVE-2023-')).toEqual([])
})
