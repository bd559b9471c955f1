import { z } from 'zod'

/** A moment in time: a `Date` in the process, ISO 8601 in UTC on the wire. */
export const Instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
