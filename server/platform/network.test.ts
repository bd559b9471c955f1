import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInside } from './network.ts'

const v4Of = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
const v6Of = (number: bigint) =>
  Array.from({ length: 8 }, (_, at) => ((number >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(':')

/** Whether the first bits of two numbers are the same. */
const agree = (one: bigint, other: bigint, bits: number, width: number) =>
  one >> BigInt(width - bits) === other >> BigInt(width - bits)

const unicast = fc.integer({ min: 0x01000000, max: 0xdfffffff }).filter((number) => number >>> 24 !== 127)
/** A number near another, so that both answers come up. */
const near = (number: number) =>
  fc.oneof(
    unicast,
    fc.integer({ min: 0, max: 31 }).map((bit) => (number ^ (1 << bit)) >>> 0),
  )

test('an IPv4 address is inside a block exactly when their first bits are the same', () => {
  const pair = unicast.chain((number) => fc.tuple(fc.constant(number), near(number), fc.nat(32)))
  fc.assert(
    fc.property(pair, ([address, network, bits]) => {
      const inside = isInside(v4Of(address), [`${v4Of(network)}/${bits}`])
      expect(inside).toBe(agree(BigInt(address), BigInt(network), bits, 32))
    }),
    { numRuns: 500 },
  )
})

test('an IPv6 address is inside a block exactly when their first bits are the same', () => {
  const unicast = fc.bigInt({ min: 1n << 120n, max: (0xffn << 120n) - 1n })
  const pair = unicast.chain((number) =>
    fc.tuple(
      fc.constant(number),
      fc.nat(127).map((bit) => number ^ (1n << BigInt(bit))),
      fc.nat(128),
    ),
  )
  fc.assert(
    fc.property(pair, ([address, network, bits]) => {
      const inside = isInside(v6Of(address), [`${v6Of(network)}/${bits}`])
      expect(inside).toBe(agree(address, network, bits, 128))
    }),
    { numRuns: 500 },
  )
})

const cidr = fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.nat(32)).map(([at, bits]) => `${v4Of(at)}/${bits}`)

test('the loopback is inside when its own block is named, and never for another', () => {
  const ourselves = fc.integer({ min: 0x7f000000, max: 0x7fffffff }).map(v4Of)
  fc.assert(
    fc.property(ourselves, fc.array(cidr), (address, cidrs) => {
      expect(isInside(address, [...cidrs, '127.0.0.0/8'])).toBe(true)
      expect(isInside(address, [...cidrs, '0.0.0.0/0'])).toBe(cidrs.includes('127.0.0.0/8'))
    }),
  )
})

test('one more block never takes an address out', () => {
  fc.assert(
    fc.property(unicast.map(v4Of), fc.array(cidr), cidr, (address, cidrs, more) => {
      expect(isInside(address, [...cidrs, more])).toBe(isInside(address, cidrs) || isInside(address, [more]))
    }),
  )
})

const everywhere = ['0.0.0.0/0', '127.0.0.0/8', '::/0', '::1/128', '::ffff:0:0/96']
test.each([
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  'ff02::1',
  'fe80::1%eth0',
  'localhost',
  '010.0.0.1',
  '10.1',
  '',
])('%j is inside nothing, even where everything is allowed', (address) => {
  expect(isInside('192.0.2.1', everywhere)).toBe(true)
  expect(isInside('2001:db8::1', everywhere)).toBe(true)
  expect(isInside(address, everywhere)).toBe(false)
})

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '/8', 'everything', '::/0', '10.0.0.0/8 '])(
  '%j holds no IPv4 address',
  (block) => {
    expect(isInside('10.0.0.1', [block])).toBe(false)
    expect(isInside('10.0.0.1', [block, '10.0.0.0/8'])).toBe(true)
  },
)
