import { expect, test } from 'vitest'
import { revisionsOf, signedBy, size } from './words.ts'

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [65_536, '65.5 kB'],
  [41_800_000, '41.8 MB'],
  [5_000_000_000_000, '5000 GB'],
])('%i bytes are said as %s', (bytes, said) => {
  expect(size(bytes)).toBe(said)
})

test('a target without a revision is for all that no other target of its model names', () => {
  const target = { manufacturer: 'M', model: 'N', artifact: 'a' }
  const named = { ...target, hardwareRevision: 'C' }
  expect(revisionsOf(named, [target, named])).toBe('revision C')
  expect(revisionsOf(target, [target, named])).toBe('every other revision')
  expect(revisionsOf(target, [target, { ...named, model: 'O' }])).toBe('every revision')
})

test('a release is signed when every maker of its models signed what goes on each of them', () => {
  const models = [
    { manufacturer: 'A', model: '1', isSigned: true },
    { manufacturer: 'A', model: '2', isSigned: true },
    { manufacturer: 'B', model: '1', isSigned: true },
  ]
  expect(signedBy(models)).toEqual({ isWhole: true, says: 'signed by A, B' })
  const revoked = models.map((each) => (each.model === '2' ? { ...each, isSigned: false } : each))
  expect(signedBy(revoked)).toEqual({ isWhole: false, says: 'no key that counts: A' })
})
