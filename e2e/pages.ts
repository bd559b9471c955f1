import type { Page } from 'playwright-core'

/** What stands on the page once nothing of it is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor()
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
  // What is still changing its colour has one that is nobody's.
  const ending = 'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)'
  await page.evaluate(`Promise.allSettled(${ending}.map(({ finished }) => finished))`)
}

/** Waits until the page shows a theme. */
export const shows = (page: Page, theme: string): Promise<void> =>
  page.locator(`html[data-theme=${theme}]`).waitFor({ state: 'attached' })

/** The path of every kind of page there is, with the things of the demo. */
export async function pathsOf(page: Page, url: string): Promise<string[]> {
  const first = async (list: string, kind: string) => {
    await page.goto(new URL(list, url).href)
    await settled(page)
    const link = page.locator(`main a[href^="/${kind}/"]`).first()
    return (await link.getAttribute('href')) ?? ''
  }
  const singles = [
    await first('/devices', 'devices'),
    await first('/rollouts', 'rollouts'),
    await first('/evidence', 'evidence'),
  ]
  return ['/', '/devices', '/rollouts', '/evidence', '/releases', '/sign-in', '/setup', ...singles]
}
