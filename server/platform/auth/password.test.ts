import { expect, test } from 'vitest'
import { checkPassword, hashPassword } from './password.ts'

test('a password matches its own hash and no other password does', async () => {
  const stored = await hashPassword('correct horse battery')
  expect(await checkPassword('correct horse battery', stored)).toBe(true)
  expect(await checkPassword('correct horse batterz', stored)).toBe(false)
})

test('the same password is stored differently each time', async () => {
  expect(await hashPassword('correct horse battery')).not.toBe(await hashPassword('correct horse battery'))
})

test('a composed and a decomposed spelling of a password are the same password', async () => {
  expect(await checkPassword('caf\u0065\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(true)
})

test('nothing matches an account without a password, nor a stored form that is not ours', async () => {
  expect(await checkPassword('anything', null)).toBe(false)
  expect(await checkPassword('anything', 'plain')).toBe(false)
})
