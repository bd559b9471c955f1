/** The tape archive of POSIX.1-1988 (ustar), as much of it as a backup needs: plain files, one after another. */

export const blockBytes = 512

/** One file of an archive. */
export interface Entry {
  readonly name: string
  /** In bytes. */
  readonly size: number
}

/** The most that the field of a size says in octal; a larger one is written in base 256, as GNU and BSD read it. */
const mostOctal = 8 ** 11 - 1
/** Where the fields lie that are written and read here. */
const field = { name: [0, 100], size: [124, 12], sum: [148, 8], kind: [156, 1], magic: [257, 8] } as const

/** The zeros after a file that fill its last block. */
export const paddingOf = (size: number): Buffer => Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes)

/** Two blocks of zeros. */
export const endOfArchive = Buffer.alloc(2 * blockBytes)

/** The sum of a header's bytes, its own field taken for spaces. */
function sumOf(header: Buffer): number {
  const [from, length] = field.sum
  return header.reduce((sum, byte, at) => sum + (at >= from && at < from + length ? 0x20 : byte), 0)
}

/** The block before a file. @throws RangeError when the name is longer than 100 bytes */
export function headerOf({ name, size }: Entry): Buffer {
  const header = Buffer.alloc(blockBytes)
  if (Buffer.byteLength(name) > field.name[1]) throw new RangeError(`${name} is too long a name for an archive`)
  header.write(name, field.name[0])
  header.write('0000600\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (size <= mostOctal) header.write(`${size.toString(8).padStart(11, '0')}\0`, field.size[0])
  else {
    header[field.size[0]] = 0x80
    header.writeBigUInt64BE(BigInt(size), field.size[0] + 4)
  }
  header.write('00000000000\0', 136)
  header.write('0', field.kind[0])
  header.write('ustar\x0000', field.magic[0])
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, field.sum[0])
  return header
}

const octal = (header: Buffer, [from, length]: readonly [number, number]): number => {
  const text = header.toString('latin1', from, from + length).replace(/[\0 ]+$/, '')
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

/** The file that a header announces; undefined at the end of the archive. @throws RangeError when it is no such header */
export function entryOf(header: Buffer): Entry | undefined {
  if (header.every((byte) => byte === 0)) return undefined
  const isPlain = header.toString('latin1', ...between(field.kind)) === '0'
  const isTar = header.toString('latin1', ...between(field.magic)) === 'ustar\x0000'
  const [from] = field.size
  const size = header[from] === 0x80 ? Number(header.readBigUInt64BE(from + 4)) : octal(header, field.size)
  const isWhole = octal(header, field.sum) === sumOf(header)
  if (!isTar || !isPlain || !isWhole || !Number.isSafeInteger(size)) throw new RangeError('This is no header of a file')
  const name = header.toString('utf8', ...between(field.name)).replace(/\0+$/, '')
  return { name, size }
}

const between = ([from, length]: readonly [number, number]): [number, number] => [from, from + length]
