import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { secret } from '@suture/testing/demo/cast.ts'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { findBrowser, startBrowser } from './browser.ts'
import { settled, shows, signIn } from './pages.ts'
import { startDemo } from './start-demo.ts'

const folder = join(import.meta.dirname, '../docs/screens')

/** As wide as a page on a small laptop. */
const viewport = { width: 1280, height: 780 }
/** Sharper than it is shown beside text. */
const clip = { x: 0, y: 0, ...viewport, scale: 1.4 }
const themes = ['light', 'dark'] as const

const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(new URL(path, page.url()).href)
  await settled(page)
}

/** Opens the first thing that a list leads to. */
async function openFirst(page: Page, list: string, below = list): Promise<void> {
  await open(page, list)
  const others = ['new', 'actions', 'verify', 'report'].map((part) => `:not([href^="${below}/${part}"])`).join('')
  const first = page.locator(`main a[href^="${below}/"]${others}`).first()
  await open(page, (await first.getAttribute('href')) ?? '')
}

/** What is shown to readers, by the name of its picture. */
const screens: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  now: (page) => open(page, '/'),
  cve: async (page) => {
    await open(page, '/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or act' }).fill('CVE-2023-6448')
    await page.locator('.answer[aria-busy=false]').waitFor()
  },
  rollout: (page) => openFirst(page, '/rollouts'),
  device: (page) => openFirst(page, `/devices?q=${encodeURIComponent('job:disputed')}`, '/devices'),
  plan: async (page) => {
    await openFirst(page, '/releases?state=published', '/releases')
    await open(page, `/rollouts/new?release=${page.url().split('/').at(-1)}`)
  },
  report: (page) => open(page, '/evidence/report'),
}

/** Takes one picture in each theme; as WebP, which is a third of a PNG of the same. */
async function take(page: Page, session: CDPSession, name: string): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await shows(page, theme)
    await settled(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 75, clip })
    writeFileSync(join(folder, `${name}-${theme}.webp`), Buffer.from(data, 'base64'))
  }
}

/** Takes all of them, as somebody who works with devices. */
async function takeAll(browser: Browser, url: string): Promise<void> {
  const context = await browser.newContext({ viewport })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await page.goto(url)
  await signIn(page, 'operator@demo.example', secret)
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
  for (const [name, show] of Object.entries(screens)) {
    await show(page)
    await take(page, session, name)
  }
}

const executable = findBrowser()
if (executable === undefined)
  throw new Error('No Chromium: install Debian’s `chromium`, or name one in SUTURE_CHROMIUM.')
const place = mkdtempSync(join(tmpdir(), 'suture-screens-'))
const demo = startDemo(place)
try {
  const told = await demo.told
  if ('said' in told) throw new Error(`The demo ended too early:\n${told.said.join('\n')}`)
  mkdirSync(folder, { recursive: true })
  const browser = await startBrowser(executable)
  try {
    await takeAll(browser, told.url)
  } finally {
    await browser.close()
  }
  const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  process.stdout.write(`Took the pictures in ${themes.length} themes: ${Math.round(bytes / 1024)} KiB.\n`)
} finally {
  await demo.end()
  rmSync(place, { recursive: true, force: true })
}
