import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { secret } from '@suture/testing/demo/cast.ts'
import type { CDPSession, Page } from 'playwright-core'
import { findBrowser, startBrowser } from './browser.ts'
import { settled, shows, signIn } from './pages.ts'
import { startDemo } from './start-demo.ts'

const folder = join(import.meta.dirname, '../docs/screens')

/** As wide as a page on a small laptop; sharper than it is shown beside text. */
const size = { viewport: { width: 1180, height: 720 }, deviceScaleFactor: 1.5 }
const themes = ['light', 'dark'] as const

const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(new URL(path, page.url()).href)
  await settled(page)
}

/** Opens the first thing that a list leads to. */
async function openFirst(page: Page, list: string, below = list): Promise<void> {
  await open(page, list)
  const first = page.locator(`main a[href^="${below}/"]:not([href*="/new"]):not([href*="/actions"])`).first()
  await open(page, (await first.getAttribute('href')) ?? '')
}

/** What is shown to readers, each by the name of its picture. */
const screens: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  now: (page) => open(page, '/'),
  cve: async (page) => {
    await open(page, '/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or act' }).fill('CVE-2023-6448')
    await page.locator('.answer[aria-busy=false]').waitFor()
  },
  rollout: (page) => openFirst(page, '/rollouts'),
  device: (page) => openFirst(page, `/devices?q=${encodeURIComponent('rollout:* job:disputed')}`, '/devices'),
  plan: async (page) => {
    await openFirst(page, '/releases')
    const release = page.url().split('/').at(-1)
    await open(page, `/rollouts/new?release=${release}`)
  },
  verify: async (page) => {
    await openFirst(page, '/evidence')
    await page.getByRole('button', { name: 'Verify in this browser' }).click()
    await settled(page)
  },
  report: (page) => open(page, '/evidence/report'),
}

/** Takes one picture in each theme; as WebP, which is a third of a PNG of the same. */
async function take(page: Page, session: CDPSession, name: string): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await shows(page, theme)
    await settled(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
    writeFileSync(join(folder, `${name}-${theme}.webp`), Buffer.from(data, 'base64'))
  }
}

/** Takes all of them in a demo of their own. */
async function takeAll(executable: string, url: string): Promise<void> {
  const browser = await startBrowser(executable)
  try {
    const context = await browser.newContext(size)
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await page.goto(url)
    await signIn(page, 'operator@demo.example', secret)
    await page.getByRole('navigation', { name: 'Places' }).waitFor()
    for (const [name, show] of Object.entries(screens)) {
      await show(page)
      await take(page, session, name)
    }
  } finally {
    await browser.close()
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
  await takeAll(executable, told.url)
  const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  process.stdout.write(
    `Took ${Object.keys(screens).length} pictures in ${themes.length} themes: ${Math.round(bytes / 1024)} KiB.\n`,
  )
} finally {
  await demo.end()
  rmSync(place, { recursive: true, force: true })
}
