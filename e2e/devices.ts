import { expect } from 'vitest'
import { seriousViolations } from './browser.ts'
import { go, settled } from './pages.ts'
import type { Stage } from './stage.ts'

/** Devices lists the fleet, narrows it by what is typed, and opens one. */
export async function listsTheFleet({ operator }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Devices')
  await page
    .getByText(/^6[0-9] devices/)
    .first()
    .waitFor()
  const [name = ''] = await page.getByRole('link', { name: /^dev-/ }).first().allTextContents()
  const bar = page.getByRole('combobox', { name: 'Query of devices' })
  await bar.fill(name)
  await page
    .getByText(/^1 device\b/)
    .first()
    .waitFor()
  expect(new URL(page.url()).searchParams.get('q')).toBe(name)
  await page
    .getByRole('link', { name: /dev-a-0001|dev-/ })
    .first()
    .click()
  await settled(page)
  await page.getByText('Facts').first().waitFor()
  expect(new URL(page.url()).pathname).toMatch(/^\/devices\/[0-9a-f-]{36}$/)
}

/** A query of devices is offered live values, told what is wrong with it, and kept as a view. */
export async function asksInQueries({ operator }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Devices')
  const bar = page.getByRole('combobox', { name: 'Query of devices' })
  await bar.fill('exposed:yes model:vis')
  const option = page.getByRole('option', { name: /^Vision \d+ devices/ })
  await option.waitFor()
  expect(await seriousViolations(page)).toEqual([])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await bar.inputValue()).toBe('exposed:yes model:Vision ')
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'exposed:yes model:Vision')
  await bar.fill('exposed:yes modle:Vision')
  await page.getByRole('button', { name: 'Did you mean exposed:yes model:Vision' }).click()
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'exposed:yes model:Vision')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keep as a view' }).click()
  await page.getByLabel('How the view is called').fill('seen-from-outside')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'seen-from-outside' }).click()
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === '@seen-from-outside')
  await page
    .getByText(/^\d+ devices?\b/)
    .first()
    .waitFor()
  expect(await seriousViolations(page)).toEqual([])
}

/** What changes elsewhere appears without anybody asking. */
export async function followsChanges({ operator, demo }: Stage): Promise<void> {
  const { page, context } = operator
  await go(page, 'Devices')
  const count = page.getByText(/\d+ devices/).first()
  const before = Number(/(\d+) devices/.exec((await count.textContent()) ?? '')?.[1])
  const answer = await context.request.post(new URL('/api/v1/devices/import', demo.url).href, {
    headers: { 'suture-client': '1' },
    data: {
      devices: [
        {
          serial: 'SN-LATE',
          manufacturer: 'Unitronics',
          model: 'Vision',
          type: 'plc',
          hardwareRevision: 'A',
          firmware: '12.36',
          site: 'Harbour',
        },
      ],
    },
  })
  expect(answer.status()).toBe(200)
  await page
    .getByText(`${before + 1} devices`)
    .first()
    .waitFor({ timeout: 20_000 })
}

/** The list of devices is walked by keys, in rows of one line and, where it is narrow, of two. */
export async function walksByKeys({ operator, demo }: Stage): Promise<void> {
  const { page } = operator
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(new URL('/devices', demo.url).href)
  const grid = page.getByRole('grid')
  await grid.focus()
  for (const key of ['PageDown', 'PageDown']) await page.keyboard.press(key)
  const row = page.locator('tr.cur')
  const height = async () => (await row.boundingBox())?.height
  expect([await row.getAttribute('aria-rowindex'), await height()]).toEqual(['42', 32])
  await page.setViewportSize({ width: 390, height: 800 })
  await expect.poll(height).toBe(52)
  await page.keyboard.press('j')
  expect(await row.getAttribute('aria-rowindex')).toBe('43')
  expect(await row.isVisible()).toBe(true)
  await expect.poll(() => row.locator('td.name div').textContent()).toMatch(/\S · \S+ · \S/)
}
