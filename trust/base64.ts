/**
 * The bytes that a base64 text stands for, or nothing when some other text would stand for the same bytes.
 * DSSE allows both alphabets (RFC 4648 sections 4 and 5); left-over bits and line breaks are refused.
 */
export const readBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  readPlainBase64(text) ?? readAs(text, 'base64url')

/** The same, in the one alphabet that we write. */
export const readPlainBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => readAs(text, 'base64')

function readAs(text: string, alphabet: 'base64' | 'base64url'): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet })
    return bytes.toBase64({ alphabet, omitPadding: alphabet === 'base64url' }) === text ? bytes : undefined
  } catch {
    return undefined
  }
}
