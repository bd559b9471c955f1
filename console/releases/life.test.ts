import { expect, test } from 'vitest'
import { lifeOf, lifeOnRecord } from './life.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 24, hour))
const user = { kind: 'user', id: 'u', name: 'Publisher' } as const
const system = { kind: 'system', id: 'releases', name: 'releases' } as const
const event = (kind: string, hour: number, actor: typeof user | typeof system, detail = {}) => ({
  ...{ position: String(hour), at: at(hour), kind, actor, subject: 'r', detail },
})

test('the record tells a life from its beginning, and a person only where one acted', () => {
  const told = lifeOnRecord([
    event('release.withdrawn', 4, user, { reason: 'No good' }),
    event('release.published', 3, system),
    event('release.lost', 2, user),
    event('release.created', 1, user),
  ])
  expect(told.map(({ says, at: when, by, reason }) => [says, when.getUTCHours(), by, reason])).toEqual([
    ['Made as a draft', 1, 'Publisher', undefined],
    ['Signed and published', 3, undefined, undefined],
    ['Withdrawn', 4, 'Publisher', 'No good'],
  ])
})

test('without the record a release tells what it has moments of, in their order', () => {
  const release = { createdAt: at(1), createdBy: 'p', verdict: null, publishedAt: at(3) }
  const says = (given: Parameters<typeof lifeOf>[0]) => lifeOf(given, () => 'you').map((each) => [each.says, each.by])
  expect(says(release)).toEqual([
    ['Made as a draft', 'you'],
    ['Signed and published', undefined],
  ])
  const verdict = { digest: '', verdict: 'failed' as const, at: at(4), rigs: [], uncovered: [] }
  expect(says({ ...release, verdict }).map(([word]) => word)).toEqual([
    'Made as a draft',
    'Signed and published',
    'Failed in the lab',
  ])
})
