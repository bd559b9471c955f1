import { expect, test } from 'vitest'
import { isPlace, mayReach, outwardFault } from './outward.ts'

/** Ways to write an address of this machine, of its network or of the service that tells a machine its passwords. */
const hostile = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:a00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001::1]/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/',
  'https://[ff02::1]/',
  'https://①②⑦.⓪.⓪.①/',
]

test.each(hostile)('%s is not a public address, however it is written', (url) => {
  expect(outwardFault(url, ['public'])).toContain('is not among what this server may reach')
})

test('nothing may be sent anywhere until a place is named', () => {
  expect(outwardFault('https://receiver.example/', [])).toBe('this server is set to send nothing anywhere')
  expect(mayReach('receiver.example', '93.184.216.34', [])).toBe(false)
})

test('an address is no https address, holds a login, or has a part that is never sent: it is refused', () => {
  expect(outwardFault('https://user:pass@receiver.example/', ['public'])).toContain('holds a login')
  expect(outwardFault('https://receiver.example/#part', ['public'])).toContain('never sent')
  for (const url of ['ftp://receiver.example/', 'file:///etc/passwd', 'receiver.example', 'javascript:1', ''])
    expect(outwardFault(url, ['public'])).toBe('it is no https address')
  expect(outwardFault('http://receiver.example/', ['public'])).toBe('beyond this machine it must be https')
  expect(outwardFault('http://10.0.0.1/', ['10.0.0.0/8'])).toBe('beyond this machine it must be https')
  expect(outwardFault('http://127.0.0.1:8080/', ['127.0.0.0/8'])).toBeUndefined()
  expect(outwardFault('http://[::1]:8080/', ['::1/128'])).toBeUndefined()
  expect(outwardFault('https://10.0.0.1/', ['10.0.0.0/8'])).toBeUndefined()
})

test('a block reaches its addresses, a name its host’s, and public none that are private', () => {
  expect(mayReach('a.example', '93.184.216.34', ['public'])).toBe(true)
  expect(mayReach('a.example', '2606:2800:220:1::1', ['public'])).toBe(true)
  expect(mayReach('a.example', '10.1.2.3', ['public'])).toBe(false)
  expect(mayReach('a.example', '10.1.2.3', ['10.1.0.0/16'])).toBe(true)
  expect(mayReach('a.example', '10.2.2.3', ['10.1.0.0/16'])).toBe(false)
  expect(mayReach('a.example', '10.1.2.3', ['a.example'])).toBe(true)
  expect(mayReach('b.example', '10.1.2.3', ['a.example'])).toBe(false)
  // A name that an attacker keeps must not lead to where machines are told their passwords.
  expect(mayReach('a.example', '169.254.169.254', ['a.example'])).toBe(false)
  expect(mayReach('a.example', 'fe80::1%eth0', ['a.example', 'fe80::/10'])).toBe(false)
})

test('a place is public, a block or the name of a host', () => {
  for (const place of ['public', '10.0.0.0/8', '::1/128', 'receiver.example', 'localhost'])
    expect(isPlace(place)).toBe(true)
  for (const text of ['10.0.0.1', '::1', 'https://a.example', 'a b', '10.0.0.0/33', '*', 'a..b', '-a'])
    expect(isPlace(text)).toBe(false)
})
