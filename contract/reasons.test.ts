import { expect, test } from 'vitest'
import { jobReasonText, reasonText } from './reasons.ts'

test('a reason is told as its sentence, with what each figure says behind it', () => {
  expect(reasonText({ code: 'soaking', figures: { seconds: 4, soakSeconds: 10 } })).toBe(
    'The devices of the wave are being watched (for 4 s so far, watched for 10 s in all)',
  )
  expect(reasonText({ code: 'all-ended', figures: {} })).toBe('Every device that the rollout reaches has ended')
})

test('the figures come in one order, whatever order they were stored in', () => {
  const figures = { ended: 6, model: 'Vision', newer: 1, failed: 6, devices: 6, hardwareRevision: 'C' }
  expect(reasonText({ code: 'revision-limit', figures })).toMatch(
    /\(model Vision, revision C, 6 devices, 6 have ended, 6 failed, newer 1\)$/,
  )
})

test('a figure that a newer server brings is told by its name', () => {
  expect(reasonText({ code: 'soaking', figures: { toString: 1 } })).toMatch(/\(toString 1\)$/)
})

test('where there is no reason, nothing is said', () => {
  expect(reasonText(null)).toBe('')
  expect(jobReasonText(null)).toBe('')
  expect(jobReasonText('no-word')).toBe('The device said nothing for longer than the plan allows')
})
