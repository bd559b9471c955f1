/** The seconds of each unit of a length of time. */
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_557_600 }

const longest = 100 * 31_557_600

/** A length of time of up to a century as people write it: `90m`, `7d`; in milliseconds. A length before now is written with a minus. */
export function lengthOf(text: string): number | undefined {
  const [, sign, figure, unit] = /^(-?)(\d{1,6})([smhdwy])$/.exec(text) ?? []
  const seconds = units[unit ?? '']
  if (seconds === undefined || Number(figure) * seconds > longest) return undefined
  return Number(figure) * seconds * 1000 * (sign === '-' ? -1 : 1)
}

const day = 86_400_000

/** The stretch that a date or an instant of ISO 8601 stands for: a day in UTC, or a millisecond. */
export function stretchOf(text: string): { readonly from: Date; readonly to: Date } | undefined {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text)
  if (!isDate && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined
  const from = new Date(isDate ? `${text}T00:00:00Z` : text)
  // JavaScript takes the 31st of February for the 3rd of March.
  if (Number.isNaN(from.getTime()) || (isDate && from.toISOString().slice(0, 10) !== text)) return undefined
  return { from, to: new Date(from.getTime() + (isDate ? day : 1)) }
}
