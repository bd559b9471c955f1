import { readReleasePublish } from '@suture/trust/statements.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { step } from '#platform/machine.ts'
import { publicationOf } from './publication.ts'
import { type ReleaseLife, type ReleaseNews, release } from './release.ts'
import { targetOf } from './target.ts'

const after = (...kinds: ReleaseNews['kind'][]): ReleaseLife =>
  kinds.reduce<ReleaseLife>((state, kind) => step(release, state, { kind }).state, { kind: 'draft' })

test('a release is published only when the lab’s last word about it was that it passed', () => {
  expect(after('publish')).toEqual({ kind: 'draft' })
  expect(after('pass', 'fail', 'publish')).toEqual({ kind: 'draft' })
  expect(after('pass', 'publish')).toEqual({ kind: 'published' })
})

test('what was withdrawn never comes back, whatever happens', () => {
  const anyNews = fc.constantFrom<ReleaseNews['kind']>('pass', 'fail', 'publish', 'deprecate', 'withdraw')
  fc.assert(
    fc.property(fc.array(anyNews), (news) => {
      expect(after('pass', 'publish', 'withdraw', ...news)).toEqual({ kind: 'withdrawn' })
      expect(['deprecated', 'withdrawn']).toContain(after('pass', 'publish', 'deprecate', ...news).kind)
    }),
  )
})

const target = { modelId: 1, manufacturer: 'Kestrel', model: 'DL-20', hardwareRevision: '', sha256: 'a'.repeat(64) }

test('a target of its own revision goes before that of all revisions, and a model without any gets nothing', () => {
  const own = { ...target, hardwareRevision: 'C', sha256: 'b'.repeat(64) }
  expect(targetOf([target, own], 1, 'C')).toBe(own)
  expect(targetOf([own, target], 1, 'B')).toBe(target)
  expect(targetOf([own], 1, 'B')).toBeUndefined()
  expect(targetOf([target, own], 2, 'C')).toBeUndefined()
})

test('a publication is the same bytes in whatever order the tables give it, and says what goes where', () => {
  const targets = [
    target,
    { ...target, hardwareRevision: 'C', sha256: 'b'.repeat(64) },
    { ...target, modelId: 2, model: 'DL-30' },
  ]
  const lengths = [
    ['a'.repeat(64), 5],
    ['b'.repeat(64), 6],
  ] as const
  const given = {
    tenant: '01890000-0000-7000-8000-000000000001',
    id: '01890000-0000-7000-8000-000000000002',
    name: 'Door lock fix',
    version: '6.2.6',
    createdBy: '01890000-0000-7000-8000-000000000003',
    createdAt: new Date(0),
    verdict: 'c'.repeat(64),
  }
  const bytes = publicationOf({ ...given, targets, lengths: new Map(lengths) })
  const turned = publicationOf({ ...given, targets: targets.toReversed(), lengths: new Map(lengths.toReversed()) })
  expect(turned).toEqual(bytes)
  expect(readReleasePublish(bytes)).toMatchObject({
    version: '6.2.6',
    verdict: 'c'.repeat(64),
    targets: [
      { manufacturer: 'Kestrel', model: 'DL-20', sha256: 'a'.repeat(64) },
      { manufacturer: 'Kestrel', model: 'DL-20', hardwareRevision: 'C', sha256: 'b'.repeat(64) },
      { manufacturer: 'Kestrel', model: 'DL-30', sha256: 'a'.repeat(64) },
    ],
  })
})
