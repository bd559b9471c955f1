import { z } from 'zod'

/**
 * Text as a person may write it: no control characters, which move a terminal's cursor or break a log line, and no
 * half of a surrogate pair, which no database stores.
 */
export const Text = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters')
