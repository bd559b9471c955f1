import { isIP } from 'node:net'
import { FleetError, Form } from './form.ts'

export const behaviours = ['honest', 'slow', 'silent', 'lying', 'interrupted'] as const
export type Behaviour = (typeof behaviours)[number]
export type Protocol = 'http' | 'coap'

/** One device as the fleet file describes it. */
export interface DeviceEntry {
  readonly controllerId: string
  /** 32 hexadecimal digits; without one it presents the gateway token, if the fleet has one. */
  readonly token: string | null
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  readonly bootloader: string
  readonly firmware: string
  readonly serial: string
  /** Port 0 is any that is free. */
  readonly identity: { readonly protocol: Protocol; readonly port: number }
  readonly behaviour: Behaviour
}

/** What a simulation runs. */
export interface Fleet {
  /** Plain HTTP; the devices follow links to other places too, but show their tokens here alone. */
  readonly server: string
  readonly tenant: string
  readonly seed: number
  /** Where the facts are written, one JSON line each. */
  readonly truth: string
  /** A literal IP address. */
  readonly identityHost: string
  /** How long flashing takes, from and to. */
  readonly installSeconds: readonly [number, number]
  /** How long a device is away while it starts again, from and to. */
  readonly bootSeconds: readonly [number, number]
  readonly gatewayToken?: string
  readonly devices: readonly DeviceEntry[]
}

const mostDevices = 5000
const fleetKeys = 'server tenant seed truth identityHost installSeconds bootSeconds gatewayToken devices'.split(' ')
const deviceKeys =
  'controllerId token manufacturer model hardwareRevision bootloader firmware serial identity behaviour'.split(' ')

function readDevice(form: Form): DeviceEntry {
  form.only(deviceKeys)
  const identity = form.inner('identity')
  identity.only(['protocol', 'port'])
  return {
    controllerId: form.text('controllerId', /^[\w.:-]{1,256}$/, 'of letters, digits and . _ : -'),
    token: form.isNull('token') ? null : form.text('token', /^[0-9a-f]{32}$/i, 'of 32 hexadecimal digits, or null'),
    manufacturer: form.text('manufacturer'),
    model: form.text('model'),
    hardwareRevision: form.text('hardwareRevision'),
    bootloader: form.text('bootloader'),
    firmware: form.text('firmware'),
    serial: form.text('serial'),
    identity: { protocol: identity.word('protocol', ['http', 'coap']), port: identity.whole('port', 65_535) },
    behaviour: form.word('behaviour', behaviours),
  }
}

function readServer(form: Form): string {
  const text = form.text('server')
  if (text !== '' && !/^http:\/\/[^/?#@]+\/?$/.test(text))
    form.complain('server', 'must be the address of a server, as http://127.0.0.1:8470')
  return text.replace(/\/$/, '')
}

function readHost(form: Form): string {
  const text = form.text('identityHost')
  if (text !== '' && isIP(text) === 0) form.complain('identityHost', 'must be a literal IP address')
  return text
}

/**
 * Reads a fleet file.
 * @throws FleetError with everything that is wrong with it, up to twenty lines
 */
export function parseFleet(text: string): Fleet {
  const form = Form.parse(text)
  form.only(fleetKeys)
  const devices = form.list('devices', mostDevices).map(readDevice)
  const names = new Set<string>()
  for (const [at, { controllerId }] of devices.entries()) {
    if (names.has(controllerId)) form.complain(`devices[${at}].controllerId`, `repeats ${controllerId}`)
    names.add(controllerId)
  }
  const fleet: Fleet = {
    server: readServer(form),
    tenant: form.text('tenant', /^[\w.-]{1,64}$/, 'of letters, digits and . _ -'),
    seed: form.whole('seed', 2 ** 32 - 1),
    truth: form.text('truth', /^[^\0]{1,4096}$/, 'that names a file'),
    identityHost: readHost(form),
    installSeconds: form.range('installSeconds', 3600),
    bootSeconds: form.range('bootSeconds', 3600),
    ...(form.isAbsent('gatewayToken')
      ? {}
      : { gatewayToken: form.text('gatewayToken', /^[\x21-\x7e]{1,256}$/, 'of printable ASCII without spaces') }),
    devices,
  }
  if (form.problems.length > 0) throw new FleetError(form.problems)
  return fleet
}
