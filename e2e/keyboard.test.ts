import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, listenTo, startBrowser } from './browser.ts'
import { type OpenDemo, openDemo } from './demo.ts'
import { settled } from './pages.ts'

const executable = findBrowser()
const about = "document.activeElement?.closest('article, tr')?.textContent ?? ''"
const focused = "(document.activeElement?.ariaLabel ?? document.activeElement?.innerText ?? '').trim()"

/** Goes on by a key until what has the focus fits. */
async function pressUntil(page: Page, key: string, of: string, fits: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key)
    if (fits.test(await page.evaluate<string>(of))) return
  }
  throw new Error(`${key} does not reach ${fits} on ${page.url()}`)
}

/** Goes to a place by its two keys, and waits until its rows are there. */
async function goBy(page: Page, letter: string, path: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press(letter)
  await page.waitForURL(({ pathname }) => pathname === path)
  await settled(page)
}

describe.skipIf(executable === undefined)('somebody without a mouse', () => {
  let demo: OpenDemo
  let browser: Browser
  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([openDemo(), startBrowser(executable ?? '')])
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
  })

  /** Somebody opens the console and signs in, without ever pressing anything but keys. */
  async function comeIn(who: string) {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    const heard = listenTo(page)
    await page.goto(demo.url)
    await page.getByLabel('Login name').waitFor()
    await page.keyboard.type(`${who}@demo.example`)
    await page.keyboard.press('Tab')
    await page.keyboard.type(demo.password)
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Places' }).waitFor()
    await settled(page)
    return { page, heard }
  }

  test('goes from the door to the reason of a finding and a plan that waits for approval', async () => {
    const { page, heard } = await comeIn('operator')
    await pressUntil(page, 'j', about, /CVE-2023-6448/)
    await page.keyboard.press('w')
    await page.getByRole('dialog').getByText('Facts that decide').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate<string>(about)).toMatch(/CVE-2023-6448/)

    // Every list of rows is walked by the same keys.
    await goBy(page, 'v', '/vulnerabilities')
    await pressUntil(page, 'j', about, /Vision/)
    await goBy(page, 'k', '/risk')
    await pressUntil(page, 'j', about, /CVE-2023-6448/)
    await page.keyboard.press('w')
    await page.getByRole('dialog').getByText('Facts that decide').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await goBy(page, 'r', '/releases')
    await pressUntil(page, 'j', about, /passed/)
    await page.keyboard.press('Enter')
    await page.waitForURL(({ pathname }) => pathname.startsWith('/releases/'))
    await settled(page)
    await pressUntil(page, 'Tab', focused, /^Plan a rollout$/)
    await page.keyboard.press('Enter')
    await page.locator('[aria-label="What it would come to"][aria-busy=false]').waitFor()
    await pressUntil(page, 'Tab', focused, /^Freeze and ask for approval$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(({ pathname }) => /^\/rollouts\/[0-9a-f-]{36}$/.test(pathname))
    await page.getByText('2 people sign it. You wrote this plan, so someone else must.').first().waitFor()

    expect(heard).toEqual([])
    await page.context().close()
  }, 120_000)

  test('proves what became of a rollout', async () => {
    const { page, heard } = await comeIn('auditor')
    await goBy(page, 'e', '/evidence')
    await pressUntil(page, 'j', about, /Vision controllers/)
    await page.keyboard.press('Enter')
    await page.waitForURL(({ pathname }) => /^\/evidence\/./.test(pathname))
    await settled(page)
    await pressUntil(page, 'Tab', focused, /keys that this server hands out/)
    await page.keyboard.press('Enter')
    await pressUntil(page, 'Tab', focused, /^Verify$/)
    await page.keyboard.press('Enter')
    await page.getByText(/^Every check passed/).waitFor()
    expect(heard).toEqual([])
    await page.context().close()
  })
})
