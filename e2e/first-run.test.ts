import type { ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { end, makeFolders, run, serve } from '@suture/testing/suture-process.ts'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, listenTo, seriousViolations, startBrowser } from './browser.ts'
import { everyLook, go, overflow, settled } from './pages.ts'

const executable = findBrowser()
const facts = join(import.meta.dirname, '../data/knowledge/devices.json')
const person = { login: 'admin@plant.example', password: 'a password for the first run alone' }

/** Three controllers as a person lists them. */
const list = [
  'serial,name,manufacturer,model,type,hardwareRevision,firmware,exposure',
  'V-0001,pump-1,Unitronics,Vision,plc,A,12.36,exposed',
  'V-0002,pump-2,Unitronics,Vision,plc,A,12.36,internal',
  'V-0003,pump-3,Unitronics,Vision,plc,A,12.36,internal',
].join('\n')
const sbom = JSON.stringify({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
  components: [{ type: 'library', name: 'busybox', version: '1.36.1', purl: 'pkg:generic/busybox@1.36.1' }],
})
const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

describe.skipIf(executable === undefined)('the first ten minutes, from an empty home', () => {
  let machine: Awaited<ReturnType<typeof makeFolders>>
  let server: ChildProcess | undefined
  let browser: Browser
  let page: Page
  let heard: string[]
  let [url, code, clicks, begun] = ['', '', 0, 0]

  beforeAll(async () => {
    machine = await makeFolders()
    begun = performance.now()
    const started = await serve(machine.env, (child) => {
      server = child
    })
    url = started.url
    code = started.code ?? ''
    browser = await startBrowser(executable ?? '')
    page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    page.setDefaultTimeout(30_000)
    heard = listenTo(page)
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    if (server) await end(server, 'SIGTERM')
    await rm(machine.root, { recursive: true, force: true })
  })

  /** Presses one thing, and counts that. */
  const press = async (what: Locator) => {
    clicks += 1
    await what.click()
  }
  const choose = async (label: string, given: ReturnType<typeof file>) => {
    clicks += 1
    await page.getByLabel(label).setInputFiles(given)
  }
  const visit = async (place: string) => {
    await go(page, place)
    await page.getByRole('heading', { level: 1, name: place }).waitFor()
    await settled(page)
  }
  const told = async (path: string) => (await page.request.get(`${url}/api/v1/${path}`)).json()
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const steps = () => page.getByRole('region', { name: 'First steps' })
  const looksWell = async () => {
    await settled(page)
    expect([page.url(), await seriousViolations(page)]).toEqual([page.url(), []])
  }
  const looksWellEverywhere = async () => {
    for await (const [theme, width] of everyLook(page))
      expect([page.url(), theme, width, await seriousViolations(page), await overflow(page)]).toEqual([
        ...[page.url(), theme, width],
        ...[[], 0],
      ])
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  test('the code of the terminal makes the first admin, who is shown three ways to begin', async () => {
    await page.goto(url)
    await press(page.getByRole('link', { name: 'Make the first admin' }))
    await page.getByLabel('One-time code').fill(code)
    await page.getByLabel('Login name').fill(person.login)
    await page.getByLabel('Your name').fill('Admin')
    await page.locator('input[name=password]').fill(person.password)
    await looksWell()
    await press(button('Make the first admin'))
    await page.waitForURL('**/sign-in')
    await page.getByLabel('Login name').fill(person.login)
    await page.locator('input[name=password]').fill(person.password)
    await press(button('Sign in'))
    await page.getByRole('heading', { name: 'Nothing is watched yet' }).waitFor()
    for (const way of await page.locator('.way').all())
      expect([await way.getByRole('button').count(), await way.locator('.term').count()]).toEqual([1, 1])
    expect(await steps().getByText(', not yet').count()).toBe(4)
    await looksWellEverywhere()
  }, 180_000)

  test('every place that is empty says what will appear, with one button and one command', async () => {
    for (const place of ['Devices', 'Vulnerabilities', 'Releases', 'Rollouts', 'Risk', 'Evidence']) {
      await visit(place)
      const face = page.locator('main .face', { has: page.locator('.term') }).first()
      await face.waitFor()
      const buttons = face.locator('button, a.mantine-Button-root')
      expect([place, await buttons.count(), await face.locator('.term').count()]).toEqual([place, 1, 1])
      expect(((await face.locator('.m').first().textContent()) ?? '').length).toBeGreaterThan(40)
      await looksWell()
    }
    await go(page, 'Now')
    await page.getByRole('heading', { name: 'Nothing is watched yet' }).waitFor()
  }, 180_000)

  test('a profile is shown before it is chosen, and sets what Settings then shows', async () => {
    await press(button(/See what it sets: Plant, careful/))
    const dialog = page.getByRole('dialog', { name: 'Plant, careful' })
    await dialog.getByText('14 days').waitFor()
    await looksWell()
    await press(dialog.getByRole('button', { name: 'Choose Plant, careful' }))
    await page.getByText('chosen', { exact: true }).waitFor()
    await page.goto(`${url}/settings?tab=profile`)
    await page.getByText(/Plant, careful, set by Admin/).waitFor()
    await looksWellEverywhere()
    await page.goto(url)
    await settled(page)
  }, 180_000)

  test('a list and an SBOM come in through the console, and nothing before it was said what they would change', async () => {
    await press(page.locator('.way').getByRole('button', { name: 'Import a list' }))
    await choose('The list', file('devices.csv', `${list}\nV-0004,pump-4,Unitronics`))
    await page.getByText(/line 5.*give each line as many fields/).waitFor()
    await choose('The list', file('devices.csv', list))
    await page.getByText('3 devices would be new, 0 changed, 0 are as they are listed.').waitFor()
    expect((await told('devices')).items).toEqual([])
    await looksWell()
    await press(button('Import 3 devices'))
    await steps().getByText('A device is known, done').waitFor()
    await visit('Devices')
    clicks += 1
    await press(button('Send an SBOM'))
    await choose('The SBOM', file('vision.cdx.json', sbom))
    await expect.poll(() => page.getByLabel('Version of its firmware').inputValue()).toBe('12.36')
    await looksWell()
    await press(page.getByRole('dialog').getByRole('button', { name: 'Send the SBOM' }))
    await page.getByText('2 components, the firmware itself included. 3 devices got this bill.').waitFor()
    await press(page.getByRole('dialog').getByRole('button', { name: 'Close' }))
  }, 180_000)

  test('the facts bring a finding that explains itself, and one safe next step that touches no device', async () => {
    await go(page, 'Now')
    clicks += 1
    await steps().getByText('suture feed import FILE').waitFor()
    expect(run(machine.env, ['feed', 'import', facts])).toMatchObject({ status: 0 })
    await press(steps().getByRole('link', { name: /^Why CVE-/ }))
    const drawer = page.getByRole('dialog')
    await drawer.getByText('Facts that decide').waitFor()
    await drawer.getByText('It matches').waitFor()
    await looksWell()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    await looksWellEverywhere()
    await press(steps().getByRole('link', { name: 'Open Releases' }))
    await page.getByRole('heading', { name: 'No release yet' }).waitFor()
    await looksWell()

    const seconds = Math.round((performance.now() - begun) / 1000)
    expect([seconds < 600, clicks <= 20]).toEqual([true, true])
    expect((await told('rollouts')).items).toEqual([])
    const { items } = (await told('events?limit=100')) as { items: { kind: string }[] }
    const kinds = items.map(({ kind }) => kind)
    for (const kind of ['tenant.set-up', 'profile.chosen', 'devices.imported', 'bill.imported', 'decision.changed'])
      expect(kinds).toContain(kind)
    expect(heard).toEqual([])
  }, 180_000)
})
