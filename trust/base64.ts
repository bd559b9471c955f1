/**
 * The bytes that a base64 text stands for, or nothing when some other text would stand for the same bytes.
 * DSSE allows both alphabets (RFC 4648 sections 4 and 5); left-over bits and line breaks are refused.
 */
export function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return text === bytes.toString('base64') || text === bytes.toString('base64url') ? bytes : undefined
}
