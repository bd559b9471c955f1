import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInside, networkFault } from './network.ts'

const v4Of = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
const v6Of = (number: bigint) =>
  Array.from({ length: 8 }, (_, at) => ((number >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(':')

/** Whether the first bits of two numbers are the same. */
const agree = (one: bigint, other: bigint, bits: number, width: number) =>
  one >> BigInt(width - bits) === other >> BigInt(width - bits)

const unicast = fc
  .integer({ min: 0x01000000, max: 0xdfffffff })
  .filter((number) => number >>> 24 !== 127 && number >>> 16 !== 0xa9fe)
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
  const unicast = fc
    .bigInt({ min: 1n << 120n, max: (0xffn << 120n) - 1n })
    // Links: fe80::/10.
    .filter((number) => number >> 118n !== 0xfe80n >> 6n)
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

test('the loopback is inside when a block of its own is named, and never for a wider one', () => {
  const ourselves = fc.integer({ min: 0x7f000000, max: 0x7fffffff }).map(v4Of)
  const others = fc.array(cidr.filter((each) => !each.startsWith('127.')))
  fc.assert(
    fc.property(ourselves, others, (address, cidrs) => {
      expect(isInside(address, [...cidrs, '127.0.0.0/8'])).toBe(true)
      expect(isInside(address, [...cidrs, `${address}/32`])).toBe(true)
      expect(isInside(address, [...cidrs, '0.0.0.0/0', `${address}/7`, '::/0'])).toBe(false)
    }),
  )
  expect(isInside('::1', ['::1/128'])).toBe(true)
  expect(isInside('::1', ['::/0', '::1/127', '127.0.0.0/8'])).toBe(false)
})

test('one more block never takes an address out', () => {
  fc.assert(
    fc.property(unicast.map(v4Of), fc.array(cidr), cidr, (address, cidrs, more) => {
      expect(isInside(address, [...cidrs, more])).toBe(isInside(address, cidrs) || isInside(address, [more]))
    }),
  )
})

const everywhere = ['0.0.0.0/0', '127.0.0.0/8', '169.254.0.0/16', '::/0', 'fe80::/10', '::ffff:0:0/96']
test.each([
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '169.254.169.254',
  'fe80::1',
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

test.each([
  '10.20.0.0/16',
  '192.168.1.7/32',
  '127.0.0.0/8',
  '127.1.0.0/16',
  '128.0.0.0/1',
  '::1/128',
  'fd00::/8',
  '2001:DB8:0:1::/64',
])('a site may name %j', (block) => {
  expect(networkFault(block)).toBeUndefined()
})

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  'fd00::/129',
  'localhost/8',
  '',
  '10.0.0.0/8 ',
  '127.0.0.0/7',
  '::1/127',
  '0.0.0.0/0',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '::/0',
  'fe80::/10',
  '::ffff:0:0/96',
])('a site may not name %j', (block) => {
  expect(networkFault(block)).toMatch(/^is (no|more)/)
})

test.each([
  ['1.0.0.0/0', 'every address'],
  ['10.0.0.0/0', 'every address'],
  ['2001:db8::/0', 'every address'],
  ['10.20.30.40/16', 'write 10.20.0.0/16'],
  ['192.168.1.1/24', 'write 192.168.1.0/24'],
  ['203.0.113.129/1', 'write 128.0.0.0/1'],
  ['2001:db8::1/64', 'write 2001:db8::/64'],
  ['2001:DB8:0:1::/63', 'write 2001:db8::/63'],
  ['fd00::10.0.0.1/120', 'write fd00::a00:0/120'],
])('a site may not name %j, and is told what to do', (block, remedy) => {
  expect(networkFault(block)).toContain(remedy)
})

test('a network is refused exactly when its address goes on after the prefix', () => {
  const devices = unicast.filter((number) => number >>> 24 !== 127)
  fc.assert(
    fc.property(devices, fc.integer({ min: 1, max: 32 }), (number, bits) => {
      const goesOn = bits < 32 && number % 2 ** (32 - bits) !== 0
      const fault = networkFault(`${v4Of(number)}/${bits}`)
      expect(fault !== undefined).toBe(goesOn)
      const better = /write ([^,]+)/.exec(fault ?? '')?.[1]
      if (better) expect(isInside(v4Of(number), [better])).toBe(true)
    }),
  )
})
