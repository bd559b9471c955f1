import { expect, test } from 'vitest'
import { blindness } from './blindness.ts'

const seen = /was offered the update 2 times/
const err = 'The checker finds that it was otherwise:\ndev-a-0001 was offered the update 2 times\n'
const out = JSON.stringify({ checker: { ok: false, compared: 400 } })

test('a sabotage is noticed when the demo fails and the checker says what is wrong', () => {
  expect(blindness({ status: 1, out, err }, seen)).toBeUndefined()
})

test.each([
  ['the checker is green', { status: 1, out: JSON.stringify({ checker: { ok: true } }), err }, /^the checker is green/],
  [
    'it is red about something else',
    { status: 1, out, err: 'Nothing was tested' },
    /^the checker is red about something/,
  ],
  ['the demo held all the same', { status: 0, out, err }, /^the demo ended with 0/],
  ['the demo broke before it could tell', { status: 1, out: '', err: 'Error: no port' }, /with 1: Error: no port/],
  ['the demo told half of it', { status: 1, out: out.slice(0, 20), err }, /^the demo ended with 1/],
  ['the demo was ended from outside', { status: null, out: '', err: '' }, /^the demo ended with null/],
])('a sabotage is not noticed when %s', (_, ended, why) => {
  expect(blindness(ended, seen)).toMatch(why)
})
