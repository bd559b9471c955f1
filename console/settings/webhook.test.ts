import { expect, test } from 'vitest'
import { changesOf, formOf } from './webhook.ts'

const seen = { name: 'Tickets', url: 'https://hooks.example.com/a', kinds: ['rollout.stopped', 'device'] }

test('a form of a webhook says what was changed in it, and nothing of what was not', () => {
  expect(changesOf(seen, {})).toEqual({})
  expect(changesOf(seen, { name: 'Chat' })).toEqual({ name: 'Chat' })
  expect(changesOf(seen, { url: 'https://hooks.example.com/b', kinds: '' })).toEqual({
    url: 'https://hooks.example.com/b',
    kinds: [],
  })
  expect(changesOf(seen, { name: 'Tickets', kinds: 'rollout.stopped,  device ' })).toEqual({})
})

test('what was typed stands over a webhook that is read again, and the rest is as it is now', () => {
  const now = { ...seen, url: 'https://hooks.example.com/c', kinds: ['site'] }
  expect(formOf(now, { name: 'Chat' })).toEqual({ name: 'Chat', url: now.url, kinds: 'site' })
  expect(changesOf(now, { name: 'Chat' })).toEqual({ name: 'Chat' })
})
