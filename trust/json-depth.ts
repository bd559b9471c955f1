/** How deep a JSON document may nest wherever Suture reads one: a signed document, the API, the sandbox. */
export const maxJsonDepth = 64

/**
 * Whether a JSON text nests deeper than `limit`, told without parsing it.
 * `JSON.parse` takes a million levels and the code that walks the result does not; one pass over the bytes is enough,
 * because quotes, brackets and backslashes are single bytes in UTF-8 and occur in no other character (RFC 3629).
 */
export function nestsDeeperThan(json: Uint8Array, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (inString) {
      if (byte === 0x5c /* \ */) at++
      else if (byte === 0x22 /* " */) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x5b /* [ */ || byte === 0x7b /* { */) {
      if (++depth > limit) return true
    } else if (byte === 0x5d /* ] */ || byte === 0x7d /* } */) depth--
  }
  return false
}
