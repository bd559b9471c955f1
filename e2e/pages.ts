import type { Browser, BrowserContext, Page } from 'playwright-core'
import { listenTo } from './browser.ts'

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
  const first = async (list: string) => {
    await page.goto(new URL(list, url).href)
    await settled(page)
    const others = ['new', 'actions', 'verify', 'report'].map((part) => `:not([href^="${list}/${part}"])`).join('')
    return (await page.locator(`main a[href^="${list}/"]${others}`).first().getAttribute('href')) ?? ''
  }
  const lists = ['/devices', '/vulnerabilities', '/releases', '/rollouts', '/evidence']
  const singles: string[] = []
  for (const list of lists) singles.push(await first(list))
  const parts = [
    ...['/vulnerabilities?tab=findings', '/vulnerabilities?tab=vulnerabilities'],
    ...['/devices/actions', '/rollouts/new', '/evidence/verify', '/evidence/report'],
    ...['/risk', '/risk?tab=clocks', '/risk?tab=table', '/settings', '/settings?tab=roles', '/settings?tab=profile'],
  ]
  return ['/', ...lists, ...parts, '/sign-in', '/setup', ...singles]
}

export async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('Login name').fill(login)
  await page.locator('input[name=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Somebody’s browser, signed in, with what it complained about. */
export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  readonly heard: string[]
}

/** Somebody opens the console for the first time, and is asked who they are. */
export async function visitAs(
  browser: Browser,
  { url, password }: { readonly url: string; readonly password: string },
  who: string,
  path = '/',
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const heard = listenTo(page)
  await page.goto(new URL(path, url).href)
  await signIn(page, `${who}@demo.example`, password)
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
  await settled(page)
  return { context, page, heard }
}

/** Goes to a place by the side bar. */
export async function go(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
  await settled(page)
}

const looks = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  hc: { colorScheme: 'light', contrast: 'more' },
} as const

/** Shows the page in each theme at each width, and names them. */
export async function* everyLook(page: Page): AsyncGenerator<readonly [theme: string, width: number]> {
  for (const [theme, look] of Object.entries(looks))
    for (const width of [1440, 390]) {
      await page.emulateMedia(look)
      await page.setViewportSize({ width, height: 900 })
      await shows(page, theme)
      await settled(page)
      yield [theme, width]
    }
}

/** By how much the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

/** The words of buttons, places and columns that are cut off, or lie beyond an edge. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.mantine-Button-label, .nav a, [role=grid] th')].filter((each) => {
    const edge = each.closest('.nav, .device-scroll, main').getBoundingClientRect().right
    return each.scrollWidth > each.clientWidth || each.getBoundingClientRect().right > edge + 1
  }).map(({ textContent }) => textContent)`)
