/** Bytes of one device in an audience. */
const width = 8

/** A frozen target set: the devices' row numbers, ascending, each once, as big-endian int64. */
export function writeAudience(devices: Iterable<number>): Buffer {
  const sorted = [...new Set(devices)].sort((a, b) => a - b)
  const bytes = Buffer.alloc(sorted.length * width)
  for (const [at, device] of sorted.entries()) bytes.writeBigInt64BE(BigInt(device), at * width)
  return bytes
}

export const sizeOf = (audience: Buffer): number => audience.length / width

const deviceAt = (audience: Buffer, at: number): number => Number(audience.readBigInt64BE(at * width))

/** Every device of an audience, ascending. */
export const devicesOf = (audience: Buffer): number[] =>
  Array.from({ length: sizeOf(audience) }, (_, at) => deviceAt(audience, at))

/** Whether an audience holds a device; told by halving, because it may hold a million. */
export function holds(audience: Buffer, device: number): boolean {
  let [low, high] = [0, sizeOf(audience)]
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = deviceAt(audience, middle)
    if (found === device) return true
    if (found < device) low = middle + 1
    else high = middle
  }
  return false
}

/**
 * Whether an audience holds a device, told by where the device's bytes stand in it; undefined where that does not tell,
 * because the first place lies across two devices.
 * @param position of the first place, from 1; 0 where there is none
 */
export const holdsAt = (position: number): boolean | undefined =>
  position === 0 ? false : position % width === 1 ? true : undefined
