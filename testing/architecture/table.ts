import type { Picture } from './picture.ts'
import { arrowsOf, isTest, zoneOf } from './resolve.ts'
import type { Rules } from './rules.ts'

const short = (path: string) => (path === '' ? '(root)' : path.replace(/^server\//, ''))

/** `platform/*` for all of platform, so that a row stays readable. */
function compact(rules: Rules, may: readonly string[]): string {
  const platform = rules.zones
    .map((zone) => zone.path)
    .filter((path) => path.startsWith('server/platform') && !path.endsWith('.ts'))
  const whole = platform.every((path) => may.includes(path))
  const rest = whole ? [...may.filter((path) => !platform.includes(path)), 'platform/*'] : may
  const plain = rest.filter((path) => !/:(routes|tasks)$/.test(path))
  return plain.length === 0 ? '-' : plain.map(short).join(' ')
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The drawing as text: each zone, whom it may import, how many files it has, and whom they do import. */
export function drawing(picture: Picture, rules: Rules): string {
  const files = picture.sources.filter((source) => !isTest(source.path))
  const seen = new Map<string, Map<string, number>>()
  for (const { from, target } of arrowsOf(picture)) {
    if (target.kind !== 'file' || isTest(from.path)) continue
    const [here, there] = [zoneOf(rules, from.path), zoneOf(rules, target.path)]
    if (here === undefined || there === undefined || here === there) continue
    const row = seen.get(here.path) ?? new Map<string, number>()
    seen.set(here.path, row.set(there.path, (row.get(there.path) ?? 0) + 1))
  }
  const rows = rules.zones.map((zone) => {
    const count = files.filter((source) => zoneOf(rules, source.path) === zone).length
    const imports = [...(seen.get(zone.path) ?? [])].map(([path, times]) => `${short(path)} ${times}`).join(', ')
    return [short(zone.path), count === 0 ? 'empty' : String(count), compact(rules, zone.may), imports || '-']
  })
  return columns([['zone', 'files', 'may import', 'imports seen'], ...rows])
}

/** What has grown longer than the house likes; empty when nothing has. A warning, never a failure. */
export function overlong(picture: Picture, rules: Rules): string {
  const { lengths } = rules
  const rows = picture.sources.flatMap(({ path, lines, functions }) => [
    ...(lines > lengths.file ? [[path, String(lines), `a file aims at ${lengths.file} lines`]] : []),
    ...(isTest(path) ? [] : functions)
      .filter((each) => each.lines > lengths.function)
      .map((each) => [`${path}:${each.line}`, String(each.lines), `a function aims at ${lengths.function} lines`]),
  ])
  return rows.length === 0 ? '' : columns([['long', 'lines', 'why'], ...rows])
}
