import { z } from 'zod'

/** Text that is only compared: no control characters, and no half of a surrogate pair, which no database stores. */
export const PlainText = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters')

/** Part of a name, in whatever case. */
export const PartOfName = PlainText.min(1).max(200)

/**
 * Text as a person may write it, to be shown to others: no control characters, which move a terminal's cursor or break a
 * log line, none that turn the direction of the text around them, which makes a reader see another one (CVE-2021-42574),
 * and no half of a surrogate pair.
 */
export const Text = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]*$/u, 'no control or direction characters')

/**
 * One line as it stands in a document that people sign: 1 to 200 characters in Unicode form NFC, without control,
 * direction or line-breaking characters, which can make a reader see another text.
 */
export const Line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'visible characters only')
  .refine((text) => text === text.normalize('NFC'), 'Unicode form NFC')
