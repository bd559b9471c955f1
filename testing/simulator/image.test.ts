import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fateOf, makeImage, readHeader } from './image.ts'

const plain = { manufacturer: 'Acme', model: 'Pump', version: '6.2.6', length: 1000, seed: 1 }

test('an image has the length asked for, and says what it is made of', () => {
  const word = fc.string({ minLength: 1, maxLength: 20 })
  const conditions = fc.array(fc.record({ hardwareRevision: word }), { maxLength: 3 })
  fc.assert(
    fc.property(
      fc.record({ manufacturer: word, model: word, version: word, bricks: conditions, fails: conditions }),
      fc.integer({ min: 2000, max: 5000 }),
      (header, length) => {
        const image = makeImage({ ...header, length, seed: 1 })
        expect(image).toHaveLength(length)
        expect(readHeader(image)).toEqual(header)
      },
    ),
  )
})

test('the same seed makes the same bytes, and another one others', () => {
  expect(makeImage(plain)).toEqual(makeImage(plain))
  expect(makeImage({ ...plain, seed: 2 })).not.toEqual(makeImage(plain))
})

test('an image that is too short for its first line is not made', () => {
  expect(() => makeImage({ ...plain, length: 50 })).toThrow(RangeError)
})

test.each([
  'no line',
  '\n',
  'null\n',
  '{"suture-sim":2,"manufacturer":"a","model":"b","version":"1"}\n',
  '{"suture-sim":1,"manufacturer":"a","model":"b","version":""}\n',
  '{"suture-sim":1,"manufacturer":"a","model":"b","version":"1","bricks":{}}\n',
  '{"suture-sim":1,"manufacturer":"a","model":"b","version":"1","bricks":[{"hardware":"C"}]}\n',
])('%j is no image', (text) => {
  expect(readHeader(Buffer.from(text))).toBeUndefined()
})

test.each([
  [
    'dies when every field of a condition matches',
    { bricks: [{ hardwareRevision: 'C', bootloaderBelow: '1.4' }] },
    'bricks',
  ],
  ['lives when the bootloader is not below', { bricks: [{ hardwareRevision: 'C', bootloaderBelow: '1.3' }] }, 'runs'],
  ['lives when the revision is another', { bricks: [{ hardwareRevision: 'B', bootloaderBelow: '9' }] }, 'runs'],
  [
    'dies when one of several conditions matches',
    { bricks: [{ hardwareRevision: 'B' }, { bootloaderBelow: '1.10' }] },
    'bricks',
  ],
  ['goes back when it only fails', { fails: [{ hardwareRevision: 'C' }] }, 'fails'],
  ['dies rather than go back', { fails: [{}], bricks: [{ bootloaderBelow: '1.3.1' }] }, 'bricks'],
] as const)('a device of revision C with bootloader 1.3 %s', (_, conditions, fate) => {
  const header = readHeader(makeImage({ ...plain, ...conditions }))
  if (header === undefined) throw new Error('No header')
  expect(fateOf(header, { hardwareRevision: 'C', bootloader: '1.3' })).toBe(fate)
})
