import { assurances } from '@suture/contract/states.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effective, type Fact, factsOf, ownFacts, readClaims, toldOf } from './fact.ts'

const fact = fc.record({
  name: fc.constantFrom('firmware', 'bootloader', 'owner', 'site'),
  value: fc.constantFrom('a', 'b', 'c'),
  source: fc.constantFrom('import', 'admission', 'ddi', 'http', 'coap'),
  assurance: fc.constantFrom(...assurances),
  at: fc.integer({ min: 0, max: 5 }).map((ms) => new Date(ms)),
})
const facts = fc.array(fact, { maxLength: 12 })
const at = (ms: number) => new Date(ms)
const said = (each: Partial<Fact>): Fact => ({
  name: 'firmware',
  value: '1',
  source: 'ddi',
  assurance: 'claimed',
  at: at(0),
  ...each,
})

test('what is believed is one of the things that were said, for each name that anything was said about', () => {
  fc.assert(
    fc.property(facts, (all) => {
      const believed = effective(all)
      expect(new Set(believed.keys())).toEqual(new Set(all.map(({ name }) => name)))
      for (const [name, each] of believed) expect(all.filter((other) => other.name === name)).toContain(each)
    }),
  )
})

test('the order in which things were said to us does not matter', () => {
  fc.assert(
    fc.property(
      facts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        expect(effective(shuffled)).toEqual(effective(all))
      },
    ),
  )
})

test('a claim never outweighs what was read back from the device', () => {
  fc.assert(
    fc.property(facts, (all) => {
      for (const [name, { assurance }] of effective(all)) {
        const wasRead = all.some((each) => each.name === name && each.assurance !== 'claimed')
        if (wasRead && (ownFacts as readonly string[]).includes(name)) expect(assurance).not.toBe('claimed')
      }
    }),
  )
})

test('the newest reading is believed, so that a device that went back is seen to have gone back', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom('observed' as const, 'attested' as const), (all, assurance) => {
      const reading = said({ value: 'read', source: 'http', assurance, at: at(6) })
      expect(effective([...all, reading]).get('firmware')).toBe(reading)
    }),
  )
})

test('nobody but an operator says where a device stands and whose it is, once one has', () => {
  fc.assert(
    fc.property(facts, (all) => {
      for (const name of ['owner', 'site']) {
        const operators = all.filter((each) => each.name === name && ['import', 'admission'].includes(each.source))
        const source = effective(all).get(name)?.source ?? ''
        if (operators.length > 0) expect(['import', 'admission']).toContain(source)
      }
    }),
  )
})

test('a device’s own word never takes the place of what an operator said, and of two operators’ words the newer counts', () => {
  const old = said({ source: 'import', at: at(1) })
  const own = said({ value: '2', at: at(2) })
  expect(effective([own, old]).get('firmware')).toBe(old)
  const young = said({ source: 'admission', value: '3', at: at(3) })
  expect(effective([young, old]).get('firmware')).toBe(young)
  expect(effective([own]).get('firmware')).toBe(own)
})

test('facts survive being stored', () => {
  const kept = [
    said({ source: 'http', assurance: 'observed' }),
    said({ name: 'bootloader', source: 'http', at: at(9) }),
  ]
  expect(factsOf('http', JSON.parse(JSON.stringify(toldOf(kept))))).toEqual(kept)
})

test('of what a device says, only known names with printable words of a decent length are kept', () => {
  const told = {
    firmware: ' 6.2.5 ',
    site: 'elsewhere',
    owner: 'me',
    serial: '',
    model: 'x'.repeat(121),
    bootloader: 'a\u001b[2J',
    __proto__: { manufacturer: 'inherited' },
  }
  expect([...readClaims(told as never)]).toEqual([['firmware', '6.2.5']])
})
