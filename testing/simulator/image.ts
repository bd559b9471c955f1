import { createHash } from 'node:crypto'

/** Which devices something happens to: those that match every field that is given. */
interface Condition {
  readonly hardwareRevision?: string
  readonly bootloaderBelow?: string
}

/** The first line of a simulated firmware image. */
export interface ImageHeader {
  readonly manufacturer: string
  readonly model: string
  readonly version: string
  /** Who dies while starting it. */
  readonly bricks: readonly Condition[]
  /** Who starts it in vain and goes back to the old one. */
  readonly fails: readonly Condition[]
}

/** The longest first line that a device reads, in bytes. */
export const longestHeader = 64 * 1024

/**
 * An image that simulated devices install: a line of JSON, then filler that the seed repeats.
 * @throws RangeError when `length` (bytes) is too short for the line
 */
export function makeImage(
  image: Pick<ImageHeader, 'manufacturer' | 'model' | 'version'> &
    Partial<ImageHeader> & { readonly length: number; readonly seed: number },
): Buffer {
  const { manufacturer, model, version, bricks = [], fails = [], length, seed } = image
  const header = { 'suture-sim': 1, manufacturer, model, version, bricks, fails }
  const line = Buffer.from(`${JSON.stringify(header)}\n`)
  if (line.length > Math.min(length, longestHeader))
    throw new RangeError(`The first line needs ${line.length} bytes; ${length} is too short, or it is too long`)
  const filler = createHash('shake256', { outputLength: length - line.length })
  return Buffer.concat([line, filler.update(`${seed} ${line}`).digest()], length)
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function isCondition(value: unknown): value is Condition {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  // A misspelt field would match every device.
  return Object.entries(value).every(([key, each]) => /^(hardwareRevision|bootloaderBelow)$/.test(key) && isText(each))
}

const isConditions = (value: unknown): value is readonly Condition[] => Array.isArray(value) && value.every(isCondition)

/** The header of the image that begins with these bytes; undefined when it is none. */
export function readHeader(start: Buffer): ImageHeader | undefined {
  const end = start.indexOf(0x0a)
  if (end < 0 || end >= longestHeader) return undefined
  let value: unknown
  try {
    value = JSON.parse(start.toString('utf8', 0, end))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { manufacturer, model, version, bricks = [], fails = [], ...rest } = value as Record<string, unknown>
  if (rest['suture-sim'] !== 1 || !isText(manufacturer) || !isText(model) || !isText(version)) return undefined
  return isConditions(bricks) && isConditions(fails) ? { manufacturer, model, version, bricks, fails } : undefined
}

/** Negative when the first of two dotted versions is the lower one: 1.9 is below 1.10, 1.3 below 1.3.1. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)]
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? -1) - (b[at] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

interface Hardware {
  readonly hardwareRevision: string
  readonly bootloader: string
}

const matches = ({ hardwareRevision, bootloader }: Hardware, condition: Condition): boolean =>
  (condition.hardwareRevision ?? hardwareRevision) === hardwareRevision &&
  (condition.bootloaderBelow === undefined || compareVersions(bootloader, condition.bootloaderBelow) < 0)

/** What becomes of a device that starts an image. */
export function fateOf(image: ImageHeader, device: Hardware): 'runs' | 'bricks' | 'fails' {
  if (image.bricks.some((each) => matches(device, each))) return 'bricks'
  return image.fails.some((each) => matches(device, each)) ? 'fails' : 'runs'
}
