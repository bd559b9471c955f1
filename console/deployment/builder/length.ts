const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const
type Unit = keyof typeof units

/** A length of time as people write it, in the largest unit of which it is a whole number: `24h` is `1d`. */
export function writeLength(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((each) => seconds >= units[each] && seconds % units[each] === 0) ?? 's'
  return `${seconds / units[unit]}${unit}`
}

/** Reads `90s`, `30m`, `24h` or `2d`, in seconds; nothing where it is none of them. */
export function readLength(text: string): number | undefined {
  const { 1: amount, 2: unit } = /^\s*(\d{1,8})\s*([smhd])\s*$/i.exec(text) ?? []
  return amount === undefined || unit === undefined ? undefined : Number(amount) * units[unit.toLowerCase() as Unit]
}
