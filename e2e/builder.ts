import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { seriousViolations } from './browser.ts'
import { everyLook, overflow, settled } from './pages.ts'

const rolloutPath = /^\/rollouts\/[0-9a-f-]{36}$/
const preview = (page: Page) => page.getByRole('region', { name: 'What it would come to' })

/** Waits until the preview tells of what stands in the form. */
async function counted(page: Page): Promise<number> {
  await page.locator('[aria-label="What it would come to"][aria-busy=false]').waitFor()
  const [, devices] = /([\d,]+) devices? to /.exec((await preview(page).textContent()) ?? '') ?? []
  return Number(devices?.replaceAll(',', ''))
}

/** From a release’s page to a plan that waits for approval, by taking what is proposed: what that takes of somebody. */
export async function plansARelease(page: Page): Promise<{ readonly clicks: number; readonly seconds: number }> {
  const begun = Date.now()
  await page.evaluate("globalThis.clicks = 0; addEventListener('click', () => globalThis.clicks++, true)")
  await page.getByRole('link', { name: 'Plan a rollout' }).click()
  const devices = await counted(page)
  await page.getByRole('button', { name: 'Freeze and ask for approval' }).click()
  await page.waitForURL(({ pathname }) => rolloutPath.test(pathname))
  const clicks = await page.evaluate<number>('globalThis.clicks')
  const seconds = (Date.now() - begun) / 1000
  await page.getByText('2 people sign it. You wrote this plan, so someone else must.').first().waitFor()
  await page
    .getByText(new RegExp(`^0 of ${devices}$`))
    .first()
    .waitFor()
  return { clicks, seconds }
}

/** Goes on by Tab until something has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = "document.activeElement?.ariaLabel ?? document.activeElement?.innerText ?? ''"
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate<string>(focused)).trim() === name) return
  }
  throw new Error(`The Tab key does not reach ${name}`)
}

/** Another plan without the mouse: its devices, a wave, its limits; it outlives a reload, and is frozen. */
export async function plansByKeys(page: Page, url: string, release: string): Promise<void> {
  await page.goto(new URL(`/rollouts/new?release=${release}`, url).href)
  await settled(page)
  const all = await counted(page)
  await tabTo(page, 'Query of devices')
  await page.keyboard.press('End')
  await page.keyboard.type(' hw:B')
  await page.keyboard.press('Escape')
  await page.waitForURL(({ searchParams }) => searchParams.get('q')?.endsWith(' hw:B') === true)
  await expect.poll(() => counted(page)).toBeLessThan(all)
  await tabTo(page, 'Wave 1: how many')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('none')
  await page.getByText('A whole number').waitFor()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('2')
  await tabTo(page, 'Where the limits come from')
  await page.keyboard.type('C')
  await page.waitForURL(({ searchParams }) => searchParams.get('limits') === 'careful')
  expect(new URL(page.url()).searchParams.get('waves')).toMatch(/^each=2,/)
  const few = await counted(page)
  await page.reload()
  await settled(page)
  expect([await counted(page), await page.getByLabel('Wave 1: how many').inputValue()]).toEqual([few, '2'])
  await tabTo(page, 'Freeze and ask for approval')
  await page.keyboard.press('Enter')
  await page.waitForURL(({ pathname }) => rolloutPath.test(pathname))
  await page
    .getByText(new RegExp(`^0 of ${few}$`))
    .first()
    .waitFor()
}

/** A plan that comes to nothing says why, and a form in which something is missing says what. */
export async function saysWhyNot(page: Page, url: string, release: string): Promise<void> {
  await page.goto(new URL('/rollouts/new', url).href)
  await settled(page)
  await page.getByRole('button', { name: 'Freeze and ask for approval' }).click()
  await page.getByText('Choose the release that the devices are to get').waitFor()
  expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Release')
  await page.goto(new URL(`/rollouts/new?release=${release}&q=rig:yes`, url).href)
  await settled(page)
  await preview(page).getByText('No device would get it').waitFor()
  await preview(page).getByText('a rig of the lab').waitFor()
  await page.goto(new URL(`/rollouts/new?release=${release}&to=2026-01-01T00:00`, url).href)
  await settled(page)
  await page.getByText('It would end before it may begin: choose a later end').waitFor()
}

/** In every theme, on a desk and on a phone. */
export async function looksWell(page: Page, url: string, release: string): Promise<void> {
  for (const path of [`/rollouts/new?release=${release}`, `/rollouts/new?release=${release}&q=rig:yes`]) {
    await page.goto(new URL(path, url).href)
    for await (const [theme, width] of everyLook(page)) {
      await page.locator('[aria-label="What it would come to"][aria-busy=false]').waitFor()
      expect([path, theme, width, await seriousViolations(page)]).toEqual([path, theme, width, []])
      expect([path, theme, width, await overflow(page)]).toEqual([path, theme, width, 0])
    }
  }
}
