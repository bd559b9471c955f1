import { readFile } from 'node:fs/promises'
import { type DeviceFileFormat, type Faults, type Listed, readDeviceFile } from '@suture/contract/device-file.ts'
import { parse } from 'csv-parse/sync'
import { Failure } from './failure.ts'

/** As many faults as are shown; whoever has mended those asks again. */
const mostShown = 20

/** Ends with what is wrong with a file, each fault on a line of its own. */
export function refuseFile(file: string, faults: Faults, status?: number): never {
  const more = faults.length > mostShown ? [`… and ${faults.length - mostShown} more.`] : []
  const told = faults.slice(0, mostShown).map((fault) => `  ${fault}`)
  throw new Failure([`${file} was not imported:`, ...told, ...more].join('\n'), status)
}

/**
 * The devices that a file lists.
 * @throws Failure that names each line or row with what is wrong there
 */
export async function readDevices(file: string, format: DeviceFileFormat): Promise<readonly Listed[]> {
  const read = readDeviceFile(await readFile(file), format, (text, options) => parse(text, options))
  return 'faults' in read ? refuseFile(file, read.faults) : read.listed
}
