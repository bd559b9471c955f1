import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, seriousViolations, startBrowser } from './browser.ts'
import { type OpenDemo, openDemo } from './demo.ts'
import { everyLook, overflow, settled, visitAs } from './pages.ts'

const executable = findBrowser()

describe.skipIf(executable === undefined)('why a device does not update', () => {
  let demo: OpenDemo
  let browser: Browser
  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([openDemo(), startBrowser(executable ?? '')])
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
  })

  test('stands on its page in words, with what it passed, as the API tells it', async () => {
    const { page, context, heard } = await visitAs(browser, demo, 'operator', '/devices')
    const read = async (path: string) => (await context.request.get(new URL(`/api/v1/${path}`, demo.url).href)).json()
    const said = new Set<string>()
    const { items } = await read('devices?limit=500')
    for (const { id } of items as { id: string }[]) {
      const { stop, passed } = await read(`devices/${id}/update`)
      if (said.has(stop.code)) continue
      said.add(stop.code)
      await page.goto(new URL(`/devices/${id}`, demo.url).href)
      await settled(page)
      const gates = page.getByRole('list', { name: 'What it passes before it runs another version' })
      await gates.waitFor()
      const words = await gates.locator('li').allInnerTexts()
      expect(words).toHaveLength(10)
      expect(words.filter((word) => word.endsWith(': passed'))).toHaveLength(passed.length)
      expect(words.filter((word) => word.endsWith(': not looked at'))).toHaveLength(9 - passed.length)
      expect(await gates.locator('.unseen').count()).toBe(0)
      const text = (await page.locator('.update > p').first().textContent()) ?? ''
      if (!/\d{4}-\d\d-\d\dT/.test(stop.says)) expect(text).toContain(stop.says)
      for await (const [theme, width] of everyLook(page))
        expect([theme, width, await seriousViolations(page), await overflow(page)]).toEqual([theme, width, [], 0])
    }
    // The story of the demo leaves devices that run what they should, and others that do not.
    expect(said.size).toBeGreaterThan(1)
    expect(heard).toEqual([])
    await context.close()
  }, 240_000)
})
