import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completed, writingAt } from './complete.ts'

/** The caret stands at the bar. */
const at = (marked: string) => {
  const caret = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { field, starts, others, at: span } = writingAt(text, caret)
  return [field, starts, others, text.slice(span.from, span.to)]
}

test.each([
  ['|', [undefined, '', undefined, '']],
  ['ven|', [undefined, 'ven', undefined, 'ven']],
  ['-ven|', [undefined, 'ven', undefined, 'ven']],
  ['vendor:|', ['vendor', '', undefined, '']],
  ['vendor:ax| state:live', ['vendor', 'ax', 'state:live', 'ax']],
  ['state:live and vendor:a|xis', ['vendor', 'a', 'state:live', 'axis']],
  ['state:live vendor:"Plant |2" rig:no', ['vendor', 'Plant ', 'state:live rig:no', '"Plant 2"']],
  ['vendor:(axis mo|)', ['vendor', 'mo', undefined, 'mo']],
  ['vendor:(axis, "mo| x") rig:no', ['vendor', 'mo', 'rig:no', '"mo x"']],
  ['vendor==axis;model==P|', ['model', 'P', 'vendor==axis', 'P']],
  ['(vendor:axis or mod|)', [undefined, 'mod', undefined, 'mod']],
  ['a:1 or vendor:x|', ['vendor', 'x', undefined, 'x']],
  ['fw<1|', ['fw', '1', undefined, '1']],
  ['fw=lt=1|', ['fw', '1', undefined, '1']],
])('at the bar of %s', (marked, writing) => {
  expect(at(marked)).toEqual(writing)
})

test('a completion takes the place of what was begun, and writing goes on behind it', () => {
  const text = 'vendor:ax state:live'
  expect(completed(text, writingAt(text, 9), 'axis ')).toEqual({ text: 'vendor:axis  state:live', caret: 12 })
})

test('wherever the caret is, what is being written lies around it', () => {
  const unit = fc.constantFrom(...'ab:=<>-()"\'\\,; ')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), fc.nat(40), (text, place) => {
      const caret = Math.min(place, text.length)
      const { at: span } = writingAt(text, caret)
      expect(span.from).toBeLessThanOrEqual(Math.max(caret, span.to))
      expect(span.to).toBeGreaterThanOrEqual(caret)
      expect(span.to).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 3_000 },
  )
})
