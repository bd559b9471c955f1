import { expect, test } from 'vitest'
import { checks } from './checks.ts'
import { type Progress, told } from './use-verification.ts'
import { checkNames, type News } from './verify/messages.ts'

const running: Progress = { is: 'running', passed: [], keys: [] }
const passed = (check: (typeof checkNames)[number]): News => ({ says: 'passed', check: { check, detail: 'so it is' } })

test('checks that passed are gathered in their order, and the end says for how many devices', () => {
  const end = [passed('file'), passed('statement'), { says: 'verified', devices: 5 } as const].reduce(told, running)
  expect(end).toMatchObject({ is: 'verified', devices: 5 })
  expect(end.passed.map(({ check }) => check)).toEqual(['file', 'statement'])
})

test('a check that failed leaves those before it as they were, and those after it unchecked', () => {
  const end = [passed('file'), { says: 'failed', check: 'statement', why: 'no' } as const].reduce(told, running)
  expect(end).toMatchObject({ is: 'failed', failed: { check: 'statement', why: 'no' } })
  expect(end.passed).toHaveLength(1)
})

test('a browser that cannot verify, and keys that are none, verify nothing', () => {
  expect(told(running, { says: 'cannot' }).is).toBe('cannot')
  expect(told(running, { says: 'no-keys', why: 'empty' })).toMatchObject({ is: 'no-keys', why: 'empty' })
})

test('every check says what it looks at, and what it means when it fails', () => {
  expect(Object.keys(checks)).toEqual([...checkNames])
})
