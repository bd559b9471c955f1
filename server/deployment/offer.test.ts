import { expect, test } from 'vitest'
import { readableKey } from '../intelligence/index.ts'
import { offerOf } from './offer.ts'

test.each<[string, readonly string[], string]>([
  // What the device runs, what is published for it, newest first, and what counts.
  ['1.2', ['1.3'], '1.3 later'],
  ['1.9', ['1.10'], '1.10 later'],
  ['1.2', ['1.2'], '1.2 not-later'],
  ['1.2.0', ['V1.2'], 'V1.2 not-later'],
  ['1.10', ['1.9'], '1.9 not-later'],
  ['1.3', ['1.3-rc1'], '1.3-rc1 not-later'],
  ['1.2', ['1.2.9', '2.0', '1.1'], '2.0 later'],
  ['3.0', ['1.2.9', '2.0'], '1.2.9 not-later'],
  ['unknown', ['1.3'], '1.3 incomparable'],
  ['1.2', ['4.x'], '4.x incomparable'],
  ['1.2', ['4.x', '1.3'], '1.3 later'],
  ['1.3', ['1.3', '4.x'], '1.3 not-later'],
  ['4.x', ['4.x'], '4.x not-later'],
])('for a device that runs %s, of %j counts %s', (firmware, versions, expected) => {
  const offer = offerOf(
    firmware,
    versions.map((version) => ({ id: version, name: version, version })),
    readableKey,
  )
  expect(`${offer?.release.version} ${offer?.standing}`).toBe(expected)
})

test('nothing counts for a device where nothing is published', () => {
  expect(offerOf('1', [], readableKey)).toBeUndefined()
})
