import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressed, billDigest, type Component, componentDigest } from './bill.ts'

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter((text) => text.isWellFormed())
const component: fc.Arbitrary<Component> = fc.record(
  { supplier: word, name: word, version: word, purl: word, cpe: word },
  { requiredKeys: ['supplier', 'name', 'version'] },
)

test('a bill is named by what it holds, whatever the order and however often something is listed', () => {
  fc.assert(
    fc.property(fc.array(component, { minLength: 1, maxLength: 6 }), (components) => {
      const digest = (list: readonly Component[]) => billDigest(addressed(list).map((each) => each.digest))
      expect(digest([...components, ...components].reverse())).toBe(digest(components))
      const digests = components.map(componentDigest)
      expect(billDigest([...digests, ...digests].reverse())).toBe(billDigest(digests))
    }),
  )
})

test('two components have one digest only when every field is the same', () => {
  fc.assert(
    fc.property(component, component, (a, b) => {
      const same = (['supplier', 'name', 'version', 'purl', 'cpe'] as const).every((field) => a[field] === b[field])
      expect(componentDigest(a) === componentDigest(b)).toBe(same)
    }),
  )
})

test('a bill with one component more has another name', () => {
  fc.assert(
    fc.property(fc.uniqueArray(component, { minLength: 2, selector: componentDigest }), ([last, ...rest]) => {
      const digests = rest.map(componentDigest)
      expect(billDigest([...digests, componentDigest(last as Component)])).not.toBe(billDigest(digests))
    }),
  )
})

test('the digest of a component is that of its canonical JSON', () => {
  expect(componentDigest({ version: '6.2.5', supplier: 'Maker', name: 'Pump' })).toBe(
    '22c7856824f3ba4d969e50699fc7f22259b4842a613c9f8998d9586d9659afd8',
  )
})
