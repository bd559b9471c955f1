import { expect, test } from 'vitest'
import { settingsSearch } from './search.ts'

test('an address of Settings holds a tab, a place in its list, and for the record a filter; nothing else of it counts', () => {
  expect(settingsSearch({ tab: 'record', kind: 'user', actor: 'a', cursor: 'c', secret: 's' })).toEqual({
    ...{ tab: 'record', kind: 'user', actor: 'a', cursor: 'c' },
  })
  expect(settingsSearch({ tab: 'tokens', kind: 'user', actor: 'a' })).toEqual({ tab: 'tokens' })
  expect(settingsSearch({ tab: 'elsewhere', cursor: 'x'.repeat(513), kind: 7 })).toEqual({})
})
