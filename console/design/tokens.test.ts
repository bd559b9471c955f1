import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const themes = ['light', 'dark', 'hc'] as const
type Theme = (typeof themes)[number]

/** The colours of a theme by token. */
function coloursOf(theme: Theme, source = css): Map<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\]\\s*\\{([^}]*)\\}`).exec(source)?.[1] ?? ''
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]))
}

/** Relative luminance (WCAG 2.2, relative luminance). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const tones = ['closed', 'moving', 'soon', 'danger', 'human', 'idle']

/** What is read on what, and the least contrast of the two: text 4.5, glyphs and borders 3, and 7 in high contrast. */
const pairs: readonly (readonly [string, string, number])[] = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((ink) =>
    ['surface', 'bg', 'selected', 'hover'].map((on) => [ink, on, 4.5] as const),
  ),
  ...tones.flatMap((tone) => [
    [tone, 'surface', 4.5] as const,
    [tone, 'bg', 4.5] as const,
    [tone, `${tone}-bg`, 4.5] as const,
    [`${tone}-solid`, 'surface', 3] as const,
  ]),
  ['on-ink', 'ink', 4.5],
  ['on-solid', 'danger-solid', 4.5],
  ['control', 'surface', 3],
  ['control', 'bg', 3],
  ['focus', 'surface', 3],
  ['focus', 'bg', 3],
]

const tooWeak = (theme: Theme, source = css) => {
  const colours = coloursOf(theme, source)
  return pairs.flatMap(([ink, on, least]) => {
    const needed = theme === 'hc' && least === 4.5 && ink !== 'on-solid' ? 7 : least
    const measured = contrast(colours.get(ink) ?? '#000000', colours.get(on) ?? '#000000')
    return measured >= needed ? [] : [`${ink} on ${on}: ${measured.toFixed(2)} of ${needed}`]
  })
}

describe.each(themes)('the colours of the theme %s', (theme) => {
  test('can be told from what they stand on (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
    expect(tooWeak(theme)).toEqual([])
  })

  test('are all there', () => {
    expect([...coloursOf(theme).keys()].sort()).toEqual([...coloursOf('light').keys()].sort())
  })
})

test('a colour that is too pale is found', () => {
  const paler = css.replace('--ink-3:#616d69', '--ink-3:#9aa5a1').replace('--ink-3: #616d69', '--ink-3: #9aa5a1')
  expect(paler).not.toBe(css)
  expect(tooWeak('light', paler)).not.toEqual([])
})
