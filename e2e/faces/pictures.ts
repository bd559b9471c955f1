import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import pixelmatch from 'pixelmatch'
import { coloursOf, decoded, encoded, isSame, type Picture, reduced } from './palette.ts'

const folder = join(import.meta.dirname, '__snapshots__')
const madeBy = join(folder, 'made-by.txt')

/** Where what is different is put, to be looked at. */
const differences = join(tmpdir(), 'suture-faces')

/** Which version of the browser drew what is kept. */
const drawnBy = (): string => (existsSync(madeBy) ? readFileSync(madeBy, 'utf8').trim() : 'nothing')

/**
 * How near colours must be, and how many pixels may be farther: of the edges of letters few, which are kept in few colours;
 * of surfaces, which are kept as they are, hardly any. Another version of the browser draws letters otherwise.
 */
const tolerances = {
  same: [
    { threshold: 0.05, most: 10 },
    { threshold: 0.02, most: 400 },
  ],
  other: [{ threshold: 0.1, most: 5_000 }],
} as const

/** How many pixels are others, if they are too many, and a picture of where. */
function differenceOf(kept: Picture, shown: Picture, by: keyof typeof tolerances) {
  const { width, height } = shown
  if (isSame(kept, shown)) return undefined
  if (kept.width !== width || kept.height !== height) return { differ: width * height }
  const [before, now, marks] = [coloursOf(kept), coloursOf(shown), new Uint8Array(width * height * 4)]
  for (const { threshold, most } of tolerances[by]) {
    const differ = pixelmatch(before, now, marks, width, height, { threshold })
    if (differ > most) return { differ, marks: encode({ width, height, data: marks, channels: 4 }) }
  }
  return undefined
}

/** Whether two screenshots of one browser show something else. */
export const isAnother = (before: Buffer, now: Buffer): boolean =>
  differenceOf(reduced(before), reduced(now), 'same') !== undefined

interface Given {
  readonly name: string
  /** The screenshot. */
  readonly png: Buffer
  /** The version of the browser that made it. */
  readonly by: string
  /** How the run treats what is kept, as vitest has it: all anew, what is missing, or nothing. */
  readonly keeping: 'all' | 'new' | 'none'
}

/**
 * Compares a picture with the one that is kept under its name, or keeps it.
 * @returns what is different, and where to look at it
 */
export function compareWithKept({ name, png, by, keeping }: Given): string | undefined {
  const file = join(folder, `${name}.png`)
  const shown = reduced(png)
  const isKept = existsSync(file)
  const kept = isKept ? decoded(readFileSync(file)) : undefined
  const difference = kept && differenceOf(kept, shown, drawnBy() === by ? 'same' : 'other')
  if (kept && !difference) return undefined
  if (keeping === 'all' || (keeping === 'new' && !isKept)) {
    writeFileSync(file, encoded(shown))
    writeFileSync(madeBy, `${by}\n`)
    return undefined
  }
  if (!difference) return `No picture of ${name} is kept`
  const { differ, marks } = difference
  mkdirSync(differences, { recursive: true })
  const [now, where] = [join(differences, `${name}.png`), join(differences, `${name}.differs.png`)]
  writeFileSync(now, png)
  if (marks) writeFileSync(where, marks)
  return `${differ} pixels of ${name} are others (kept as ${drawnBy()} drew it, shown by ${by}): ${where}, ${now}`
}
