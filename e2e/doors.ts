import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { seriousViolations } from './browser.ts'
import { settled, shows, signIn } from './pages.ts'
import type { Stage } from './stage.ts'

/** A place that somebody may not see is not in their side bar, and its address is refused with the rule. */
export async function refusesPlaces({ demo, visit }: Stage): Promise<void> {
  const { page, context } = await visit('first-approver', '/rollouts')
  expect(new URL(page.url()).pathname).toBe('/rollouts')
  const places = page.getByRole('navigation', { name: 'Places' })
  expect(await places.getByRole('link', { name: 'Evidence' }).count()).toBe(0)
  await page.goto(new URL('/evidence', demo.url).href)
  await page.getByText('auth/not-permitted').waitFor()
  expect(await seriousViolations(page)).toEqual([])
  await context.close()
}

/** A wrong password is refused in words, and says nothing of whether the person exists. */
export async function refusesPasswords({ demo, browser }: Stage): Promise<void> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const sayings: (string | null)[] = []
  for (const who of ['operator@demo.example', 'nobody@demo.example']) {
    await page.goto(new URL('/sign-in', demo.url).href)
    await signIn(page, who, 'not the password')
    await expect.poll(() => page.getByRole('alert').textContent()).not.toBe('')
    sayings.push(await page.getByRole('alert').textContent())
  }
  expect(sayings[0]).toBe(sayings[1])
  expect(await seriousViolations(page)).toEqual([])
  await context.close()
}

/** Whoever signed out in another tab, or goes back, finds the door and the way on. */
export async function signsOutEverywhere({ demo, visit }: Stage): Promise<void> {
  const { page, context } = await visit('second-approver', '/devices')
  const other = await context.newPage()
  await other.goto(new URL('/rollouts', demo.url).href)
  await settled(other)
  await page.getByRole('button', { name: /approver/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByLabel('Login name').waitFor()
  await other.getByLabel('Login name').waitFor({ timeout: 30_000 })
  expect(new URL(other.url()).searchParams.get('back')).toBe('/rollouts')
  await page.goBack()
  await page.getByLabel('Login name').waitFor()
  expect(new URL(page.url()).pathname).toBe('/sign-in')
  await context.close()
}

/** An address that names nothing says so, leads back to the list, and is asked about only when there is news. */
export async function saysNoSuchThing({ demo, visit }: Stage): Promise<void> {
  const { page, context } = await visit('operator')
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const places = { devices: 'device', releases: 'release', rollouts: 'rollout', evidence: 'evidence' }
  const named = Object.entries(places).map(([list, thing]) => [list, thing, randomUUID()] as const)
  for (const [list, thing, nobody] of [...named, ['vulnerabilities', 'vulnerability', 'CVE-1999-0001'] as const])
    for (const [id, times] of [['zzz', 0] as const, [nobody, 2] as const]) {
      await page.goto(new URL(`/${list}/${id}`, demo.url).href)
      await page.getByRole('heading', { name: `No such ${thing}` }).waitFor()
      // Once the stream of changes is open, everything that may have changed is asked again.
      await page.locator('.topb').getByText('Live', { exact: true }).waitFor()
      expect(await page.locator('main').textContent()).not.toMatch(/api|schema/)
      await page.getByRole('link', { name: /^Back to/ }).click()
      await settled(page)
      expect(new URL(page.url()).pathname).toBe(`/${list}`)
      expect(asked.filter((path) => path === `/api/v1/${list}/${id}`).length).toBeLessThanOrEqual(times)
    }
  await context.close()
}

/** Whoever chooses a theme keeps it, whatever the device prefers. */
export async function keepsTheTheme({ operator, demo }: Stage): Promise<void> {
  const { page } = operator
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
  await page.goto(new URL('/', demo.url).href)
  await settled(page)
  await shows(page, 'light')
  await page.getByRole('button', { name: /operator/ }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await shows(page, 'dark')
  await page.emulateMedia({ colorScheme: 'light', contrast: 'more' })
  await shows(page, 'dark')
  await page.reload()
  await settled(page)
  await shows(page, 'dark')
  const other = await operator.context.newPage()
  await other.goto(new URL('/devices', demo.url).href)
  await settled(other)
  await shows(other, 'dark')
  expect(await seriousViolations(other)).toEqual([])
  await other.evaluate("localStorage.setItem('suture-appearance', 'hc')")
  await shows(page, 'hc')
  await other.close()
}
