import type { DeviceActionKind, DeviceExclusion } from './device-actions.ts'

/** Why a device is left as it is, as it follows on a number of devices. */
export const exclusionWords: Readonly<Record<DeviceExclusion, string>> = {
  'already-retired': 'retired already',
  rig: 'a rig of the lab',
  'open-job': 'in the middle of an update',
  'not-quarantined': 'not in quarantine',
  'facts-missing': 'has not said yet what it is',
  'serial-taken': 'says the serial of another device',
  'site-gone': 'the site is not there any more',
  'out-of-sight': 'not at a site of whoever asked any more',
  'not-permitted': 'whoever asked may not do this any more',
  stopped: 'not touched: stopped before',
}

/** What is done, as a verb and as what the devices are afterwards. */
export const actionWords: Readonly<Record<DeviceActionKind, { readonly verb: string; readonly past: string }>> = {
  retire: { verb: 'Retire', past: 'retired' },
  admit: { verb: 'Let in', past: 'let in' },
}

const figure = new Intl.NumberFormat('en-GB')

/** So many devices, in words. */
export const devicesInWords = (devices: number): string =>
  `${figure.format(devices)} ${devices === 1 ? 'device' : 'devices'}`
