import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { seriousViolations } from './browser.ts'
import { go, settled } from './pages.ts'
import type { Stage } from './stage.ts'

/** Now tells what waits for somebody, and a finding explains itself from what the engine stored. */
export async function tellsDecisions({ operator }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Now')
  expect(await page.locator('h1').textContent()).toMatch(/decisions/)
  await page
    .getByText(/revision C is quarantined/)
    .first()
    .waitFor()
  await page.getByText(/one version and answers? with another/).waitFor()
  const row = page.locator('article', { hasText: 'CVE-2023-6448' }).first()
  await row.getByRole('link', { name: 'Why' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Facts that decide').waitFor()
  await drawer.getByText('It matches').waitFor()
  expect(await drawer.textContent()).toMatch(/look for traces of a break-in/)
  expect(new URL(page.url()).searchParams.get('why')).toBe('CVE-2023-6448')
  expect(await seriousViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
}

/** Vulnerabilities tells what each release would close, and the findings by what is asked for, each with its reason. */
export async function tellsFixesAndFindings({ operator, demo }: Stage): Promise<void> {
  const { page, context } = operator
  const told = async (path: string) => (await context.request.get(new URL(`/api/v1/${path}`, demo.url).href)).json()
  await go(page, 'Vulnerabilities')
  const { items } = await told('fixes')
  const rows = page.locator('tbody tr')
  await page.getByRole('columnheader', { name: 'Closes' }).waitFor()
  expect(await rows.count()).toBe(items.length)
  expect(await rows.first().locator('td.num').first().textContent()).toBe(String(items[0].closes.findings))
  await page.getByRole('navigation', { name: 'Parts of this place' }).getByText('Findings').click()
  await page.getByRole('textbox', { name: 'Vulnerability' }).fill('CVE-2023-6448')
  const { counts } = await told('findings?vulnerability=CVE-2023-6448&limit=1')
  expect(counts.findings).toBeGreaterThan(0)
  await page.getByRole('heading', { name: new RegExp(`^${counts.findings} findings?$`) }).waitFor()
  expect(new URL(page.url()).searchParams.get('vulnerability')).toBe('CVE-2023-6448')
  // Wherever in its row somebody presses; the link of its end lies over all of it.
  await rows.first().locator('td').nth(3).click({ force: true })
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Facts that decide').waitFor()
  expect(await seriousViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  expect(new URL(page.url()).searchParams.has('why')).toBe(false)
  await page.getByRole('textbox', { name: 'Vulnerability' }).fill('CVE-1999-0001')
  await page.getByRole('heading', { name: 'No finding fits the filter' }).waitFor()
}

/** A vulnerability says who says what of it, why a device has it, and why another one has not. */
export async function tellsWhoSaysWhat({ operator, demo }: Stage): Promise<void> {
  const { page, context } = operator
  await page.goto(new URL('/vulnerabilities/CVE-2023-6448', demo.url).href)
  await settled(page)
  expect(await page.locator('main').textContent()).toMatch(/listed as exploited 11 Dec 2023.*ICSA-23-348-15/s)
  const answer = await context.request.get(new URL('/api/v1/devices?q=model:Vision&limit=500', demo.url).href)
  const { items } = (await answer.json()) as { items: { name: string; firmware: string; rig: string | null }[] }
  const mended = items.find(({ firmware, rig }) => !rig && firmware === '12.38.1')
  await page.getByLabel('Part of its name or serial').fill(mended?.name ?? '')
  await page.getByRole('link', { name: `Why, or why not, on ${mended?.name}` }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('It does not match').waitFor()
  expect(await drawer.textContent()).toMatch(/not affected, because 12\.38\.1 lies outside/)
  expect(await seriousViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
}

/** Releases tells what the lab said of each, and one of them who vouches for it, where it goes and who published it. */
export async function tellsOfReleases({ operator, demo, visit }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Releases')
  const rows = page.locator('tbody tr')
  await rows.filter({ hasText: 'draft' }).getByText('failed', { exact: true }).waitFor()
  await rows.filter({ hasText: 'passed' }).getByRole('link').click()
  await settled(page)
  await page.getByText('signed, and the signature verifies now').waitFor()
  await page.getByText('vendor key, verified').first().waitFor()
  await page.getByRole('heading', { name: /^What each rig went through/ }).waitFor()
  await page.getByRole('link', { name: /Vision controllers/ }).waitFor()
  const { pathname } = new URL(page.url())
  const auditor = await visit('auditor', pathname)
  const life = auditor.page.locator('.moments li')
  await life
    .filter({ hasText: 'The signer was asked to sign it' })
    .filter({ hasText: /publisher/i })
    .waitFor()
  expect(await life.first().textContent()).toMatch(/Made as a draft/)
  await auditor.context.close()
  await page.goto(new URL('/releases?state=withdrawn', demo.url).href)
  await page.getByRole('heading', { name: 'No release is withdrawn' }).waitFor()
}

/** The rollout says what the signed evidence says. */
export async function tellsOfTheRollout({ operator, demo }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Rollouts')
  await page
    .getByRole('link', { name: /Vision controllers/ })
    .first()
    .click()
  await settled(page)
  await page
    .getByText(new RegExp(`^${demo.evidence.states.verified ?? 0} of ${demo.evidence.devices}$`))
    .first()
    .waitFor()
  await page
    .getByText(/quarantined/i)
    .first()
    .waitFor()
}

/** The pack in the console is the pack that the story’s auditor downloaded. */
export async function downloadsThePack({ operator, demo }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Evidence')
  await page
    .getByRole('link', { name: /Vision controllers/ })
    .first()
    .click()
  await settled(page)
  for (const [state, count] of Object.entries(demo.evidence.states)) {
    if (count === 0) continue
    const box = page.locator('.counts > div', { hasText: state.replaceAll('-', ' ') })
    expect([state, await box.locator('b').first().textContent()]).toEqual([state, String(count)])
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the pack' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^evidence-.*\.json$/)
  // Byte for byte: what the verifier is given must be the canonical file.
  expect((await readFile(await download.path())).equals(demo.evidence.file)).toBe(true)
}

/** Risk tells what was decided, when it is due, and on which row of the table it stands. */
export async function tellsOfRisk({ operator }: Stage): Promise<void> {
  const { page } = operator
  await go(page, 'Risk')
  await page
    .getByRole('row', { name: /CVE-2023-6448/ })
    .first()
    .getByRole('link', { name: /^Why/ })
    .click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Facts that decide').waitFor()
  const [, row] = /Row (\d+)/.exec((await drawer.textContent()) ?? '') ?? []
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  const parts = page.getByRole('navigation', { name: 'Parts of Risk' })
  await parts.getByRole('link', { name: 'Clocks' }).click()
  await page.locator('.deadlines > li').first().getByText('CVE-2023-6448').first().waitFor()
  await parts.getByRole('link', { name: 'Decision table' }).click()
  const rows = page.locator('table.rows tbody tr:has(.keat)')
  await rows.nth(15).waitFor()
  const told = await rows.evaluateAll((all) =>
    all.map(({ children }) => [0, 6].map((at) => Number(children[at]?.textContent))),
  )
  expect(told.map(([no]) => no).toSorted((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 16 }, (_, at) => at + 1),
  )
  expect(told.find(([no]) => no === Number(row))?.[1]).toBeGreaterThan(0)
  const sum = told.reduce((all, [, findings]) => all + Number(findings), 0)
  await page.getByText(`${sum} findings (device × vulnerability)`).waitFor()
}
