import { getSignerKeys } from '@suture/contract/signing.ts'
import type { Page } from 'playwright-core'
import { extractText, getDocumentProxy } from 'unpdf'
import { expect } from 'vitest'
import { seriousViolations } from './browser.ts'
import type { OpenDemo } from './demo.ts'
import { go, overflow, settled } from './pages.ts'

const json = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/json', buffer })

/** The file of public keys that the signer's own machine would have, as the server hands it out. */
async function signerKeys(page: Page, url: string): Promise<Buffer> {
  const answer = await page.request.get(new URL(`/api/v1${getSignerKeys.path}`, url).href)
  const { keys } = (await answer.json()) as { keys: readonly { purpose: string; publicKey: string }[] }
  const sorted = keys.toSorted((a, b) => (a.purpose < b.purpose ? -1 : 1))
  const byPurpose = Object.fromEntries(sorted.map(({ purpose, publicKey }) => [purpose, publicKey]))
  return Buffer.from(JSON.stringify({ keys: byPurpose, version: 1 }))
}

/** Gives the page a pack and keys as files, and waits for what comes of it. */
async function verifyFiles(page: Page, pack: Buffer, keys: Buffer): Promise<string> {
  await page.getByLabel('Evidence pack').setInputFiles(json('pack.json', pack))
  await page.getByLabel('The signer’s public keys').setInputFiles(json('public.json', keys))
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  const alert = page.getByRole('alert')
  await alert.waitFor()
  return (await alert.textContent()) ?? ''
}

/** The pack of the demo with one thing changed in each of its parts, and the check that has to say so. */
function sabotages({ evidence }: OpenDemo): readonly (readonly [check: string, pack: Buffer])[] {
  const text = evidence.file.toString()
  const flipped = (from: string, marker: string, by: number) => {
    const at = text.indexOf(marker, text.indexOf(from)) + marker.length + by
    return Buffer.from(`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`)
  }
  return [
    ['file', Buffer.from(text.slice(0, -1))],
    ['statement', flipped('"statement":', '"payload":"', 40)],
    ['plan', flipped('"plan":', '"sig":"', 10)],
    ['release', flipped('"release":', '"payload":"', 40)],
    ['verdict', flipped('"verdict":', '"payload":"', 40)],
    ['approvals', flipped('"approvals":', '"signature":"', 10)],
    ['results', Buffer.from(text.replace('"state":"verified"', '"state":"silent"'))],
  ]
}

const pdfOf = async (page: Page) => getDocumentProxy(new Uint8Array(await page.pdf({ preferCSSPageSize: true })))

/** Width and height of what is printed, in points. */
async function paperOf(page: Page): Promise<readonly number[]> {
  const { view } = await (await pdfOf(page)).getPage(1)
  return view.slice(2).map((side) => Math.round(side))
}

/** The text of each page of what the browser prints. */
async function printed(page: Page): Promise<readonly string[]> {
  await settled(page)
  const { text } = await extractText(await pdfOf(page), { mergePages: false })
  return text.map((each) => each.replaceAll(/\s+/g, ' '))
}

/** A pack that this server keeps is fetched and checked here; the page says what its keys are worth. */
export async function verifiesHere(page: Page, demo: OpenDemo): Promise<void> {
  await go(page, 'Evidence')
  await page
    .getByRole('link', { name: /Vision controllers/ })
    .first()
    .click()
  await settled(page)
  await page.getByRole('button', { name: /keys that this server hands out/ }).click()
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByText(`Every check passed: ${demo.evidence.devices} devices`).waitFor()
  expect(await page.getByRole('alert').textContent()).toContain('not who signed it')
  expect(await page.locator('[data-check]').count()).toBe(9)
  expect(await seriousViolations(page)).toEqual([])
}

/** Files are checked without a network, and each damage is named by the check that it breaks. */
export async function verifiesFiles(page: Page, demo: OpenDemo): Promise<void> {
  await go(page, 'Evidence')
  await page.getByRole('link', { name: 'Verify a pack' }).click()
  await settled(page)
  const keys = await signerKeys(page, demo.url)
  await page.context().setOffline(true)
  try {
    expect(await verifyFiles(page, demo.evidence.file, keys)).toContain(
      'is proven as far as you trust the file of keys',
    )
    for (const [check, pack] of sabotages(demo)) {
      expect([check, await verifyFiles(page, pack, keys)]).toEqual([
        check,
        expect.stringContaining(`the check “${check}” failed`),
      ])
      await page.locator(`[data-check=${check}]`, { hasText: 'failed' }).waitFor()
    }
    expect(await verifyFiles(page, demo.evidence.file, demo.evidence.file)).toContain('holds no signer’s public keys')
    const huge = Buffer.alloc((64 << 10) + 1, 0x20)
    expect(await verifyFiles(page, demo.evidence.file, huge)).toContain('larger than 64 KiB')
  } finally {
    await page.context().setOffline(false)
  }
  expect(await seriousViolations(page)).toEqual([])
}

const figures = ['Exposure-days', 'Verified share', 'Overdue', 'Unknown share']

/** J12: are we getting better, and what is due next? One click from Now. */
export async function reportsToManagers(page: Page): Promise<void> {
  await go(page, 'Now')
  const began = performance.now()
  await page.getByRole('link', { name: 'Management report' }).click()
  const sheet = page.locator('.sheet')
  await sheet.waitFor()
  for (const name of figures) await sheet.getByText(name, { exact: true }).first().waitFor()
  await sheet.getByRole('heading', { name: 'Next five clocks' }).waitFor()
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(await seriousViolations(page)).toEqual([])
  await page.setViewportSize({ width: 360, height: 800 })
  expect(await overflow(page)).toBe(0)
  await page.setViewportSize({ width: 1440, height: 900 })
}

/** Every row of a printed table stands whole on one page. */
async function expectWholeRows(page: Page, pages: readonly string[]): Promise<void> {
  const rows = await page.locator('.sheet tbody tr').allInnerTexts()
  for (const row of rows) {
    const cells = row.split('\t').map((cell) => cell.replaceAll(/\s+/g, ''))
    const on = pages.filter((text) => cells.every((cell) => text.replaceAll(/\s+/g, '').includes(cell)))
    expect([row, on.length > 0]).toEqual([row, true])
  }
}

/** What is printed says on every page what it is, as of when, and which page of how many. */
export async function printsReport(page: Page): Promise<void> {
  for (const [paper, size] of [['', [595, 842]] as const, ['?paper=letter', [612, 792]] as const]) {
    await page.goto(new URL(`/evidence/report${paper}`, page.url()).href)
    await page.locator('.sheet').waitFor()
    const pages = await printed(page)
    for (const [at, text] of pages.entries()) {
      expect(text).toMatch(/· Management report/)
      expect(text).toMatch(
        new RegExp(`as of \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC · page ${at + 1} of ${pages.length}`),
      )
      expect(text).toMatch(/snapshots [0-9a-f]{12}.* · rules .* · Suture/)
    }
    const whole = pages.join(' ')
    for (const said of [...figures, 'all sites', 'Age of the data', 'How this was counted', 'Prepared by, date'])
      expect(whole).toContain(said)
    expect(whole).not.toMatch(/Search or act|Settings/)
    await expectWholeRows(page, pages)
    expect(await paperOf(page)).toEqual(size)
  }
}

/** A pack on paper: what it claims, what proves it, and what is not verified. */
export async function printsPack(page: Page, demo: OpenDemo): Promise<void> {
  await go(page, 'Evidence')
  await page
    .getByRole('link', { name: /Vision controllers/ })
    .first()
    .click()
  await settled(page)
  const pages = await printed(page)
  const whole = pages.join(' ')
  for (const said of ['What it claims', 'What proves it', 'What is not verified', `${demo.evidence.devices} devices`])
    expect(whole).toContain(said)
  expect(pages.at(-1)).toContain(`page ${pages.length} of ${pages.length}`)
}
