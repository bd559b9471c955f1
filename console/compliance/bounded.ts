/** Something that is larger than a browser is made to hold. */
export class TooLarge extends Error {
  constructor(name: string, max: number) {
    super(
      `${name} is larger than ${max >> 20 || max / 1024} ${max >> 20 ? 'MiB' : 'KiB'}, the most that this page reads.`,
    )
  }
}

/** The bytes of a file; one that is too large is not read at all. */
export async function bytesOfFile(file: File, max: number): Promise<Uint8Array> {
  if (file.size > max) throw new TooLarge(file.name, max)
  return new Uint8Array(await file.arrayBuffer())
}

/** The bytes of an answer, read no further than to the limit: what it unpacks to is counted, not what it says of itself. */
export async function bytesOfAnswer({ body }: Response, name: string, max: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for (const reader = body?.getReader(); reader; ) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > max) {
      await reader.cancel()
      throw new TooLarge(name, max)
    }
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
}
