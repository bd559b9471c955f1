import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInside, networkFault } from './network.ts'

const octet = fc.nat(255)
const address = fc.tuple(octet, octet, octet, octet)
const written = (parts: readonly number[]) => parts.join('.')
const numberOf = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 256 + part, 0)

test('an address is inside a network exactly when its leading bits are the network’s', () => {
  fc.assert(
    fc.property(address, address, fc.integer({ min: 1, max: 32 }), (a, b, prefix) => {
      const first = a[0]
      const nobodys = first === 0 || first >= 224 || first === 127 || (first === 169 && a[1] === 254)
      const size = 2 ** (32 - prefix)
      const same = Math.floor(numberOf(a) / size) === Math.floor(numberOf(b) / size)
      expect(isInside(written(a), [`${written(b)}/${prefix}`])).toBe(same && !nobodys)
    }),
    { numRuns: 500 },
  )
})

test('the loopback is inside a network of loopback addresses alone', () => {
  expect(isInside('127.0.0.1', ['127.0.0.0/8'])).toBe(true)
  expect(isInside('127.0.0.1', ['127.0.0.0/30'])).toBe(true)
  expect(isInside('::1', ['::1/128'])).toBe(true)
  for (const wide of ['0.0.0.0/0', '0.0.0.0/1', '126.0.0.0/7', '64.0.0.0/2', '::/0', '::ffff:0:0/96'])
    for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect({ wide, own, inside: isInside(own, [wide]) }).toEqual({ wide, own, inside: false })
})

test('links, multicast and names are inside no network', () => {
  const nowhere = [
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    'fe80::1',
    'ff02::1',
    '::',
    '::ffff:10.0.0.1',
  ]
  for (const each of [...nowhere, 'localhost', '', '10.0.0', '10.0.0.1 '])
    expect({ each, inside: isInside(each, ['0.0.0.0/0', '128.0.0.0/1', '::/0', 'fe80::/10']) }).toEqual({
      each,
      inside: false,
    })
})

test('an address of one family is inside no network of the other', () => {
  expect(isInside('10.0.0.1', ['::/0', '::ffff:0:0/96', '::ffff:10.0.0.0/104'])).toBe(false)
  expect(isInside('fd00::1', ['0.0.0.0/0', 'fd00::/8'])).toBe(true)
})

test('no network lets a request out where none was named', () => {
  fc.assert(
    fc.property(address, (a) => {
      expect(isInside(written(a), [])).toBe(false)
    }),
  )
})

test('a network that is none, or that reaches this host, a link or multicast, is told apart with the reason', () => {
  for (const fit of ['10.20.0.0/16', '192.168.1.7/32', '127.0.0.0/8', '127.1.0.0/16', '::1/128', 'fd00::/8'])
    expect(networkFault(fit)).toBeUndefined()
  const unfit = ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', 'fd00::/129', 'localhost/8', '', '10.0.0.0/8 ']
  for (const each of [
    ...unfit,
    '127.0.0.0/7',
    '::1/127',
    '0.0.0.0/0',
    '169.254.0.0/16',
    '224.0.0.0/4',
    '::/0',
    'fe80::/10',
    '::ffff:0:0/96',
  ])
    expect({ each, fault: networkFault(each) !== undefined }).toEqual({ each, fault: true })
})
