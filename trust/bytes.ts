/** A text as UTF-8. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** Some bytes after each other. */
export function joined(parts: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const all = [...parts]
  const whole = new Uint8Array(all.reduce((length, part) => length + part.byteLength, 0))
  let at = 0
  for (const part of all) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** Whether a text has the form of a SHA-256 as this project writes it. */
export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
