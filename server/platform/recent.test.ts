import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recent } from './recent.ts'

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const asks = fc.array(fc.record({ name: names, puts: fc.boolean() }), { maxLength: 60, size: 'max' })

test('exactly the values that were asked for last are kept, and never more than there is room for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), asks, (most, all) => {
      const kept = recent<string>(most)
      // The names that are there, the one not asked for for longest first.
      let there: string[] = []
      for (const { name, puts } of all) {
        const isThere = there.includes(name)
        if (puts) expect(kept.put(name, `value of ${name}`)).toBe(`value of ${name}`)
        else expect(kept.get(name)).toBe(isThere ? `value of ${name}` : undefined)
        if (puts || isThere) there = [...there.filter((each) => each !== name), name].slice(-most)
      }
    }),
  )
})
