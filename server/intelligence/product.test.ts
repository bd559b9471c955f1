import fc from 'fast-check'
import { expect, test } from 'vitest'
import { disputedNames, isName, keysOf, productKey } from './product.ts'

test.each([
  ['Unitronics', 'Vision PLC and HMI', 'unitronics/vision_plc_and_hmi'],
  [' Schneider Electric ', 'PowerLogic™ ION-9000', 'schneider_electric/powerlogic_ion_9000'],
  ['D-Link', 'DIR-859', 'd_link/dir_859'],
  ['FXC Inc.', 'AE1021 (PE)', 'fxc_inc/ae1021_pe'],
  ['Ｓｉｅｍｅｎｓ', 'SIMATIC\u00a0S7/1500', 'siemens/simatic_s7_1500'],
  ['nortekcontrol', 'linear_emerge_essential_firmware', 'nortekcontrol/linear_emerge_essential_firmware'],
  ['FXC', 'AE1021+', 'fxc/ae1021+'],
  ['℡ Co.', 'ﬁreWall ', 'tel_co/firewall'],
])('%s %s is known as %s', (vendor, product, key) => {
  expect(productKey(vendor, product)).toBe(key)
})

test('a company suffix stays: FXC is not FXC Inc. until an alias says so', () => {
  expect(productKey('FXC Inc.', 'AE1021')).not.toBe(productKey('FXC', 'AE1021'))
  const [vendor, product] = ['FXC', 'AE1021']
  const keys = keysOf([{ vendor, product, aliases: [{ vendor: 'FXC Inc.', product: 'AE1021' }] }])
  expect(keys.get(productKey('fxc inc', 'ae1021'))).toBe('fxc/ae1021')
  expect(keys.get(productKey('FXC', 'AE-1021'))).toBeUndefined()
})

test('a key is its own key, and has one slash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (vendor, product) => {
      const key = productKey(vendor, product)
      const [first, second, ...rest] = key.split('/')
      expect(rest).toEqual([])
      expect(productKey(first ?? '', second ?? '')).toBe(key)
    }),
    { numRuns: 2_000 },
  )
})

test('a name of nothing but separators is no name', () => {
  expect(['-', ' / ', '®', ''].map(isName)).toEqual([false, false, false, false])
  expect(isName('Ä')).toBe(true)
})

test('a name that two products claim is disputed, and one that a product claims twice is not', () => {
  const vision = { vendor: 'Unitronics', product: 'Vision', aliases: [{ vendor: 'unitronics', product: 'VISION' }] }
  const other = { vendor: 'Unitronics', product: 'VisiLogic', aliases: [{ vendor: 'Unitronics', product: 'vision ' }] }
  expect(disputedNames([vision])).toEqual([])
  expect(disputedNames([vision, other])).toEqual(['unitronics/vision'])
})
