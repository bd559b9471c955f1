import { expect, test } from 'vitest'
import { detailText, pageOf, things } from './event-words.ts'

test('what an event tells is read whole, whatever form it has', () => {
  expect(detailText({ roles: ['viewer', 'auditor'], sites: 'all', disabled: false, why: null })).toBe(
    'roles: viewer, auditor; sites: all; disabled: false; why: null',
  )
  expect(detailText({ sites: [], why: { code: 'by-person' } })).toBe('sites: none; why: {"code":"by-person"}')
  expect(detailText({})).toBe('')
})

test('an event leads to the page of what it is about, and nowhere when there is none', () => {
  expect(pageOf('wave.opened')).toBe('/rollouts/$id')
  expect(pageOf('device.retired')).toBe('/devices/$id')
  for (const kind of ['devices.imported', 'token.created', 'toString', '']) expect(pageOf(kind)).toBeUndefined()
})

test('the record is narrowed by everything that events are about, each once', () => {
  expect(things).toContain('user')
  expect(things).toContain('rollout')
  expect(new Set(things).size).toBe(things.length)
})
