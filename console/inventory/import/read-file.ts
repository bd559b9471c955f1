import { type DeviceFile, readDeviceFile } from '@suture/contract/device-file.ts'
import { parse } from 'csv-parse/browser/esm/sync'

/** The devices that a file lists; by its name it is JSON, and CSV otherwise. */
export const devicesOf = async (file: File): Promise<DeviceFile> =>
  readDeviceFile(
    new Uint8Array(await file.arrayBuffer()),
    /\.json$/i.test(file.name) ? 'json' : 'csv',
    (text, options) => parse(text, options),
  )
