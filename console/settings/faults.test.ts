import { createToken, inviteUser } from '@suture/contract/auth.ts'
import { expect, test } from 'vitest'
import { faultsOf } from './faults.ts'

test('a form that the endpoint would not take says so by field, in words; one that it would says nothing', () => {
  expect(faultsOf(inviteUser, { login: ' ', name: '', roles: [], sites: 'all' })).toEqual({
    login: 'Give the name that they sign in with',
    name: 'Give a name',
    roles: 'Choose at least one role',
  })
  expect(faultsOf(inviteUser, { login: 'a b', name: 'N', roles: ['viewer'], sites: 'all' })).toEqual({
    login: 'letters, digits and . _ @ + - only',
  })
  expect(faultsOf(createToken, { name: 'N', permissions: ['risk:read'], expiresInDays: 367 })).toHaveProperty(
    'expiresInDays',
  )
  expect(faultsOf(inviteUser, { login: 'late@plant', name: 'N', roles: ['viewer'], sites: [1] })).toEqual({})
})
