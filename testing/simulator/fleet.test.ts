import { expect, test } from 'vitest'
import { parseFleet } from './fleet.ts'
import { FleetError } from './form.ts'

const device = {
  controllerId: 'pump-1',
  token: '00112233445566778899aabbccddeeff',
  manufacturer: 'Acme',
  model: 'Pump',
  hardwareRevision: 'A',
  bootloader: '1.5',
  firmware: '6.2.5',
  serial: 'S1',
  identity: { protocol: 'http', port: 0 },
  behaviour: 'honest',
}
const fleet = {
  server: 'http://127.0.0.1:8470',
  tenant: 'default',
  seed: 1,
  truth: '/tmp/truth.jsonl',
  identityHost: '127.0.0.1',
  installSeconds: [1, 4],
  bootSeconds: [0.2, 0.8],
  devices: [device],
}
const parse = (value: unknown) => parseFleet(JSON.stringify(value))

test('a fleet file is read as it is written', () => {
  expect(parse(fleet)).toEqual(fleet)
  expect(parse({ ...fleet, gatewayToken: 'gate', devices: [{ ...device, token: null }] })).toMatchObject({
    gatewayToken: 'gate',
    devices: [{ token: null }],
  })
})

test.each([
  ['what is not JSON', 'not', /^not JSON: /],
  ['what is no object', '[]', /^must be a JSON object$/],
])('a fleet file is refused for %s', (_, text, says) => {
  expect(() => parseFleet(text)).toThrow(says)
})

test.each([
  [{ server: 'https://127.0.0.1' }, 'server must be the address of a server, as http://127.0.0.1:8470'],
  [{ server: 'http://127.0.0.1/path' }, 'server must be the address of a server, as http://127.0.0.1:8470'],
  [{ tenant: 'a/b' }, 'tenant must be a text of letters, digits and . _ -'],
  [{ seed: 1.5 }, 'seed must be a whole number from 0 to 4294967295'],
  [{ truth: '' }, 'truth must be a text that names a file'],
  [{ identityHost: 'localhost' }, 'identityHost must be a literal IP address'],
  [{ installSeconds: [4, 1] }, 'installSeconds must be two numbers in order, from 0 to 3600'],
  [{ bootSeconds: [1, 2, 3] }, 'bootSeconds must be two numbers in order, from 0 to 3600'],
  [{ gatewayToken: 'two words' }, 'gatewayToken must be a text of printable ASCII without spaces'],
  [{ devices: [] }, 'devices must be a list of 1 to 5000 objects'],
  [{ devices: ['pump'] }, 'devices[0] must be an object'],
  [{ devices: [device, device] }, 'devices[1].controllerId repeats pump-1'],
  [{ colour: 'red' }, 'colour is not a field that is known here'],
])('a fleet file with %j is refused', (change, says) => {
  expect(() => parse({ ...fleet, ...change })).toThrow(new FleetError([says]))
})

test.each([
  [{ controllerId: 'a/b' }, 'controllerId must be a text of letters, digits and . _ : -'],
  [{ token: 'short' }, 'token must be a text of 32 hexadecimal digits, or null'],
  [{ serial: '\n' }, 'serial must be a text of 1 to 128 characters without control characters'],
  [{ identity: 'http' }, 'identity must be an object'],
  [{ identity: { protocol: 'ftp', port: 0 } }, 'identity.protocol must be one of http, coap'],
  [{ identity: { protocol: 'http', port: 65_536 } }, 'identity.port must be a whole number from 0 to 65535'],
  [{ behaviour: 'evil' }, 'behaviour must be one of honest, slow, silent, lying, interrupted'],
  [{ firmwares: '1' }, 'firmwares is not a field that is known here'],
])('a device with %j is refused', (change, says) => {
  expect(() => parse({ ...fleet, devices: [{ ...device, ...change }] })).toThrow(new FleetError([`devices[0].${says}`]))
})

test('everything that is wrong is told at once', () => {
  expect(() => parse({ ...fleet, seed: -1, devices: [{ ...device, behaviour: 1, model: 2 }] })).toThrow(
    new FleetError([
      'devices[0].model must be a text of 1 to 128 characters without control characters',
      'devices[0].behaviour must be one of honest, slow, silent, lying, interrupted',
      'seed must be a whole number from 0 to 4294967295',
    ]),
  )
})
