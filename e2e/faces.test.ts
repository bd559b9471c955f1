import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode } from 'fast-png'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtConsole } from '../console/build.ts'
import { findBrowser, startBrowser } from './browser.ts'
import { readKept } from './faces/answers.ts'
import { breaches } from './faces/laws.ts'
import { casesOf, type Face } from './faces/pages.ts'
import { compareWithKept, isAnother } from './faces/pictures.ts'
import { openStage, pictureOf, type Stage, show } from './faces/stage.ts'

const executable = findBrowser()
const kept = readKept()
const cases = casesOf(kept.things)

/** Letters and edges as every machine draws them. */
const flags = ['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb']

test('every page that has an address has its faces', () => {
  const router = readFileSync(join(import.meta.dirname, '../console/router.tsx'), 'utf8')
  const addresses = new Set([...router.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path))
  const ids = Object.values(kept.things)
  const seen = new Set(
    cases.map(({ path }) => {
      const [place = ''] = path.split('?')
      return ids.reduce((address, id) => address.replace(id, '$id'), place)
    }),
  )
  expect(addresses.size).toBeGreaterThan(20)
  expect(seen).toEqual(addresses)
})

/** A surface with a square in its corner, as grey as they are told to be. */
function drawing(surface: number, square: number, side: number): Buffer {
  const isSquare = (pixel: number) => pixel % 100 < side && pixel < side * 100
  const data = Uint8Array.from({ length: 30_000 }, (_, at) => (isSquare(Math.floor(at / 3)) ? square : surface))
  return Buffer.from(encode({ width: 100, height: 100, channels: 3, data }))
}

test.each([
  ['a surface of another shade', drawing(244, 0, 10), drawing(238, 0, 10), true],
  ['a sign of another colour', drawing(244, 0, 10), drawing(244, 90, 10), true],
  ['a sign that is gone', drawing(244, 0, 10), drawing(244, 0, 0), true],
  ['an edge of another shade', drawing(244, 100, 3), drawing(244, 108, 3), false],
  ['the same', drawing(244, 100, 3), drawing(244, 100, 3), false],
])('%s makes another picture, or does not', (_, before, now, expected) => {
  expect(isAnother(before, now)).toBe(expected)
})

describe.skipIf(executable === undefined)('each page in each face', () => {
  let browser: Browser
  let files: string
  beforeAll(async () => {
    ;[browser, files] = await Promise.all([startBrowser(executable ?? '', flags), builtConsole()])
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
  })

  const idle: Stage[] = []
  /** Shows a page where one was shown before, if there is room: opening a window is the dearest of all. */
  async function showing<T>(name: string, face: Face, look: (stage: Stage, says: string) => Promise<T>): Promise<T> {
    const each = cases.find((one) => one.name === name && one.face === face)
    if (each === undefined) throw new Error(`${name} has no face that is ${face}`)
    const stage = idle.pop() ?? (await openStage(browser, { kept, files }))
    const seen = await look(stage, await show(stage, each))
    idle.push(stage)
    return seen
  }

  test.concurrent.for(cases)('is as it was: $name, $face', async (each, { expect }) => {
    const { face } = each
    const name = `${each.name}.${face}`
    const { says, png, broken } = await showing(each.name, face, async (stage, words) => ({
      says: words,
      png: await pictureOf(stage.page, face),
      broken: await breaches(face, stage),
    }))
    expect(broken).toEqual([])
    await expect(`${says}\n`).toMatchFileSnapshot(`faces/__snapshots__/${name}.txt`)
    const keeping = expect.getState().snapshotState.snapshotUpdateState
    expect(compareWithKept({ name, png, by: `Chromium ${browser.version()}`, keeping })).toBeUndefined()
  })

  const changes = [
    "document.querySelector('main h1').remove()",
    "document.querySelector('.panel').style.background = '#f4f6f6'",
    "document.querySelector('main .st svg').style.color = 'var(--danger)'",
    "document.querySelector('main h1').style.letterSpacing = '0.02em'",
    "document.querySelector('.head').style.marginBottom = '19px'",
  ]
  test.concurrent.for(changes)('is another picture after a change: %s', async (change) => {
    const [before, now] = await showing('releases', 'full', async ({ page }) => {
      const untouched = await pictureOf(page, 'full')
      await page.evaluate(change)
      return [untouched, await pictureOf(page, 'full')]
    })
    expect(isAnother(before, now)).toBe(true)
  })

  /** What is done to a face, and which law it breaks then. */
  const faults: readonly (readonly [name: string, face: Face, fault: string, says: string])[] = [
    ['releases', 'full', "console.error('planted')", 'error: planted'],
    [
      'releases',
      'empty',
      "for (const way of document.querySelectorAll('main .face :is(.term, .begin)')) way.remove()",
      'has no way on',
    ],
    ['releases', 'empty', "document.querySelector('main .face').append(document.createElement('button'))", '2 buttons'],
    ['releases', 'empty', "document.querySelector('main .face .m').textContent = ''", 'does not say what will appear'],
    ['releases', 'empty', "document.querySelector('main .face').remove()", 'does not say that it is empty'],
    ['releases', 'loading', "document.querySelector('main .face p').remove()", 'loads without a word'],
    ['releases', 'loading', "document.querySelector('main .face').remove()", 'does not say that it loads'],
    [
      'releases',
      'loading',
      `document.querySelector('main .face').innerHTML = '<i aria-label="nothing yet"></i>'`,
      'empty',
    ],
    ['fixes', 'arriving', "document.querySelector('main [aria-busy]').ariaBusy = null", 'looks whole'],
    ['releases', 'refused', "document.querySelector('main .face .m').remove()", 'does not name the permission'],
    ['releases', 'withheld', "document.querySelector('main .face .mono').remove()", 'does not name the permission'],
    ['releases', 'withheld', "fetch('/api/v1/releases').then(() => undefined)", 'asks for listReleases'],
  ]
  test.concurrent.for(faults)('breaks a law: %s, %s: %s', async ([name, face, fault, says]) => {
    const broken = await showing(name, face, async (stage) => {
      await stage.page.evaluate(fault)
      return breaches(face, stage)
    })
    expect(broken.join('\n')).toContain(says)
  })
})
