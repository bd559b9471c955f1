import { ProblemError } from '@suture/contract/client.ts'
import { expect, test } from 'vitest'
import { refusalText } from './refusal-text.ts'

const refused = (more: object) =>
  new ProblemError({ type: 't', title: 'Changed', status: 422, remedy: 'Send a header', incident: 'i', ...more })

test('a refusal is told with what it names, and an edit that came too late says that nothing of it was done', () => {
  expect(refusalText(refused({}), 'Plainly.')).toBe('Plainly.')
  expect(refusalText(new TypeError('fetch failed'), 'Plainly.')).toBe('Plainly.')
  expect(refusalText(refused({ missing: ['risk:read', 'site 3'] }), 'Plainly.')).toBe(
    'Plainly. It names: risk:read, site 3.',
  )
  expect(refusalText(refused({ code: 'http/changed-meanwhile' }), 'Plainly.')).toBe(
    'Changed. Nothing that you chose was done.',
  )
})
