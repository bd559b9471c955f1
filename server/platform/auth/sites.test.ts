import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beyond, meet, type Sites } from './sites.ts'

const sites: fc.Arbitrary<Sites> = fc.oneof(fc.constant('all' as const), fc.uniqueArray(fc.integer({ min: 1, max: 6 })))
const sees = (held: Sites, site: number) => held === 'all' || held.includes(site)

test('what two may both see is what each of them may see', () => {
  fc.assert(
    fc.property(sites, sites, fc.integer({ min: 1, max: 6 }), (a, b, site) => {
      expect(sees(meet(a, b), site)).toBe(sees(a, site) && sees(b, site))
    }),
  )
})

test('nothing is beyond what is held exactly when every site asked for may be seen', () => {
  fc.assert(
    fc.property(sites, sites, (asked, held) => {
      const within = asked === 'all' ? held === 'all' : asked.every((site) => sees(held, site))
      expect(beyond(asked, held).length === 0).toBe(within)
    }),
  )
})
