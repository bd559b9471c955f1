import { roleNames } from '@suture/contract/roles.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWeakPassword, losesLastAdmin, type Standing } from './user.ts'

const standing = fc.record({
  roles: fc.subarray(roleNames),
  disabled: fc.boolean(),
  hasPassword: fc.boolean(),
})
const canLead = (user: Standing) => user.roles.includes('admin') && !user.disabled && user.hasPassword

test('a change is refused exactly when the tenant had an admin who can sign in and has none after it', () => {
  fc.assert(
    fc.property(fc.array(standing, { minLength: 1, maxLength: 6 }), standing, fc.nat(), (people, change, pick) => {
      const users = people.map((person, index) => ({ ...person, id: String(index) }))
      const changed = { ...change, id: String(pick % users.length) }
      const after = users.map((user) => (user.id === changed.id ? changed : user))
      expect(losesLastAdmin(users, changed)).toBe(users.some(canLead) && !after.some(canLead))
    }),
  )
})

test('a password is weak when it is short or contains the login name', () => {
  expect(isWeakPassword('short', 'ada')).toBe(true)
  expect(isWeakPassword('my name is ADA lovelace', 'ada')).toBe(true)
  expect(isWeakPassword('four words are better', 'ada')).toBe(false)
})
