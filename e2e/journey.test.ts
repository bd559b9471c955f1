import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { startReceiver } from '@suture/testing/receiver.ts'
import type { Browser } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, listenTo, seriousViolations, startBrowser } from './browser.ts'
import { looksWell, plansARelease, plansByKeys, saysWhyNot } from './builder.ts'
import * as bulk from './bulk.ts'
import { type OpenDemo, openDemo } from './demo.ts'
import * as evidence from './evidence.ts'
import { cutOff, everyLook, go, overflow, pathsOf, settled, shows, signIn, type Visit, visitAs } from './pages.ts'
import * as palette from './palette.ts'
import {
  accept,
  changeTwice,
  invite,
  makeToken,
  makeWebhook,
  openTab,
  refusedTabs,
  refusedToDisable,
  revoke,
  testWebhook,
} from './settings.ts'

const executable = findBrowser()

describe.skipIf(executable === undefined)('a look around after the demo, in Chromium', () => {
  let demo: OpenDemo
  let browser: Browser
  let operator: Visit

  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([openDemo(), startBrowser(executable ?? '')])
    operator = await visit('operator')
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
  })

  const visit = (who: string, path?: string) => visitAs(browser, demo, who, path)
  const verified = () => demo.evidence.states.verified ?? 0

  test('the eight places stand in their order, and the side bar says who looks', async () => {
    const places = operator.page.getByRole('navigation', { name: 'Places' }).locator('.nav a span:first-of-type')
    expect(await places.allTextContents()).toEqual([
      ...['Now', 'Devices', 'Vulnerabilities', 'Releases', 'Rollouts', 'Risk', 'Evidence', 'Settings'],
    ])
    await operator.page.getByRole('button', { name: /operator/ }).waitFor()
    await operator.page.locator('.topb').getByText('Live', { exact: true }).waitFor()
  })

  test('Now tells what waits for somebody, and a finding explains itself from what the engine stored', async () => {
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
  })

  test('Devices lists the fleet, narrows it by what is typed, and opens one', async () => {
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
  })

  test('a query of devices is offered live values, told what is wrong with it, and kept as a view', async () => {
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
  })

  test('Vulnerabilities tells what each release would close, and the findings by what is asked for, each with its reason', async () => {
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
  })

  test('a vulnerability says who says what of it, why a device has it, and why another one has not', async () => {
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
  })

  test('Releases tells what the lab said of each, and one of them who vouches for it, where it goes and who published it', async () => {
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
  })

  test('the rollout says what the signed evidence says', async () => {
    const { page } = operator
    await go(page, 'Rollouts')
    await page
      .getByRole('link', { name: /Vision controllers/ })
      .first()
      .click()
    await settled(page)
    await page
      .getByText(new RegExp(`^${verified()} of ${demo.evidence.devices}$`))
      .first()
      .waitFor()
    await page
      .getByText(/quarantined/i)
      .first()
      .waitFor()
  })

  test('the pack in the console is the pack that the story’s auditor downloaded', async () => {
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
  })

  test('a pack is verified in the browser, of this server and of a file without a network, and each damage is named', async () => {
    const { page, context } = await visit('auditor')
    await evidence.verifiesHere(page, demo)
    await evidence.verifiesFiles(page, demo)
    await context.close()
  })
  test('the management report is one click from Now: four figures and the next five clocks', () =>
    evidence.reportsToManagers(operator.page))
  test('the report is printed on A4 and Letter with scope, age and versions on every page, and no row is cut', () =>
    evidence.printsReport(operator.page))
  test('a pack is printed with what it claims, what proves it and what is not verified', () =>
    evidence.printsPack(operator.page, demo))

  test('Risk tells what was decided, when it is due, and on which row of the table it stands', async () => {
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
  })

  test('an admin invites, changes and does not disable themselves; whoever was invited sees only what their role may', async () => {
    const { page, context, heard } = await visit('admin', '/settings')
    const code = await invite(page, 'guest@demo.example', 'Guest', 'viewer')
    const own = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const guest = await own.newPage()
    const complaints = listenTo(guest)
    await accept(guest, demo.url, code, demo.password)
    await signIn(guest, 'guest@demo.example', demo.password)
    await guest.getByRole('navigation', { name: 'Places' }).waitFor()
    const asked: string[] = []
    guest.on('request', (request) => asked.push(new URL(request.url()).pathname))
    expect(await refusedTabs(guest, demo.url)).toEqual(['people', 'tokens', 'keys', 'notices', 'record'])
    expect(asked.filter((path) => /\/(users|tokens|events|signing\/keys|webhooks)$/.test(path))).toEqual([])
    expect([complaints, await seriousViolations(guest)]).toEqual([[], []])
    await openTab(page, demo.url, 'people')
    await changeTwice(page, 'Guest', 'auditor', async () => {
      const { items } = await (await context.request.get(new URL('/api/v1/users', demo.url).href)).json()
      const { id } = items.find(({ login }: { login: string }) => login === 'guest@demo.example')
      await context.request.patch(new URL(`/api/v1/users/${id}`, demo.url).href, {
        headers: { 'suture-client': '1', 'if-match': '*' },
        data: { roles: ['operator'] },
      })
    })
    await page.locator('tr', { hasText: 'guest@demo.example' }).getByText('viewer, auditor').waitFor()
    await guest.getByLabel('Login name').waitFor()
    expect(await refusedToDisable(page, 'Admin')).toMatch(/without an admin who can sign in/)
    await own.close()
    // The browser itself tells of the two answers that were refusals.
    expect(heard.filter((each) => !/status of (409|412)/.test(each))).toEqual([])
    await context.close()
  })

  test('a token’s secret is shown once and works until the token is revoked, and the record says who did it', async () => {
    const { page, context, heard } = await visit('admin', '/settings?tab=tokens')
    const secret = await makeToken(page, 'Exporter')
    const status = async () => {
      const answer = await fetch(new URL('/api/v1/events', demo.url), {
        headers: { authorization: `Bearer ${secret}` },
      })
      return answer.status
    }
    expect(await status()).toBe(200)
    await revoke(page, 'Exporter')
    expect(await status()).toBe(401)
    for (const tab of ['people', 'tokens', 'keys', 'record'] as const) {
      await openTab(page, demo.url, tab)
      for await (const [theme, width] of everyLook(page)) {
        expect([tab, theme, width, await seriousViolations(page)]).toEqual([tab, theme, width, []])
        expect([tab, theme, width, await overflow(page)]).toEqual([tab, theme, width, 0])
      }
    }
    expect(heard).toEqual([])
    await context.close()
    const auditor = await visit('auditor', '/settings?tab=record')
    await auditor.page.getByLabel('What it is about').selectOption('token')
    await auditor.page.getByLabel('Who did it').selectOption('Admin')
    await auditor.page.getByRole('link', { name: 'token.revoked' }).first().waitFor()
    expect(new URL(auditor.page.url()).searchParams.get('kind')).toBe('token')
    expect(await refusedTabs(auditor.page, demo.url)).toEqual(['tokens'])
    expect(auditor.heard).toEqual([])
    await auditor.context.close()
  }, 240_000)

  test('a webhook’s secret is shown once, what it signs arrives, and what its receiver refuses is replayed', async () => {
    const receiver = await startReceiver()
    const { page, context, heard } = await visit('admin', '/settings?tab=notices')
    await page.getByText('No webhook yet').waitFor()
    const secret = await makeWebhook(page, 'Tickets', receiver.url)
    await testWebhook(page, 'Tickets', 'delivered')
    await (await visit('auditor')).context.close()
    await page
      .getByRole('region', { name: 'Deliveries' })
      .locator('tr', { hasText: 'session.opened' })
      .first()
      .waitFor()
    // Others sign in as well meanwhile, in journeys of their own.
    const of = (type: string) => receiver.messages.filter(({ body }) => JSON.parse(body).type === type)
    for (const type of ['suture.webhook.tested', 'suture.session.opened']) {
      await expect.poll(() => of(type).length).toBeGreaterThan(0)
      const { body, headers } = of(type)[0] ?? { body: '', headers: {} }
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ type })
    }
    receiver.answer = (_message, response) => void response.writeHead(500).end()
    const dead = await testWebhook(page, 'Tickets', 'dead')
    await dead.getByText('500, did not accept it').waitFor()
    receiver.answer = (_message, response) => void response.writeHead(204).end()
    const idsOf = () => of('suture.session.opened').map(({ headers }) => headers['webhook-id'])
    const [oldest] = idsOf()
    await page.getByRole('button', { name: 'Replay session.opened' }).last().click()
    await expect.poll(() => idsOf().filter((id) => id === oldest).length).toBe(2)
    await page.getByLabel('In which state').selectOption('dead')
    const delivered = page.getByRole('region', { name: 'Deliveries' }).getByText('delivered')
    await expect.poll(() => delivered.count()).toBe(0)
    expect(new URL(page.url()).searchParams.get('state')).toBe('dead')
    for await (const [theme, width] of everyLook(page)) {
      expect([theme, width, await seriousViolations(page)]).toEqual([theme, width, []])
      expect([theme, width, await overflow(page)]).toEqual([theme, width, 0])
    }
    expect(heard).toEqual([])
    await context.close()
  }, 240_000)

  test('what changes elsewhere appears without anybody asking', async () => {
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
  })

  test('a place that somebody may not see is not in their side bar, and its address is refused with the rule', async () => {
    const { page, context } = await visit('first-approver', '/rollouts')
    expect(new URL(page.url()).pathname).toBe('/rollouts')
    const places = page.getByRole('navigation', { name: 'Places' })
    expect(await places.getByRole('link', { name: 'Evidence' }).count()).toBe(0)
    await page.goto(new URL('/evidence', demo.url).href)
    await page.getByText('auth/not-permitted').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await context.close()
  })

  test('a wrong password is refused in words, and says nothing of whether the person exists', async () => {
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
  })

  test('whoever signed out in another tab, or goes back, finds the door and the way on', async () => {
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
  })

  test('no page has a serious violation for axe, or is wider than its window, in any theme at any width', async () => {
    const { page } = operator
    for (const path of await pathsOf(page, demo.url)) {
      await page.goto(new URL(path, demo.url).href)
      for await (const [theme, width] of everyLook(page)) {
        expect([path, theme, width, await seriousViolations(page)]).toEqual([path, theme, width, []])
        expect([path, theme, width, await overflow(page)]).toEqual([path, theme, width, 0])
      }
    }
  }, 600_000)

  test('no button, place or column is cut off at any width, and the deadline and the findings are always in sight', async () => {
    const { page } = operator
    for (const path of ['/', '/devices'])
      for (const width of [1440, 1280, 1024, 390, 320]) {
        await page.setViewportSize({ width, height: 800 })
        await page.goto(new URL(path, demo.url).href)
        await settled(page)
        expect([path, width, await cutOff(page)]).toEqual([path, width, []])
        if (path === '/devices')
          expect(await page.getByRole('columnheader').allTextContents()).toEqual(
            expect.arrayContaining(['Device', 'Next deadline', 'Findings']),
          )
      }
  })

  test('the list of devices is walked by keys, in rows of one line and, where it is narrow, of two', async () => {
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
  })

  describe('the palette and the keys', () => {
    const stage = { visit: () => operator, home: () => demo.url, another: () => visit('operator') }
    test('the palette reaches each place by the keyboard alone, and the focus goes to its page', () =>
      palette.reachesPlaces(stage))
    test('g and a letter reach each place, and a field keeps what is typed into it', () => palette.goesByLetters(stage))
    test('a pasted CVE is answered within the page, with its explanation one key away', () => palette.answersCve(stage))
    test('a CVE that nobody said anything of, or that nothing matches, is answered as what it is', () =>
      palette.answersHonestly(stage))
    test('things are found by their names, at most five of a kind with how many there are, and copied as a command', () =>
      palette.findsThings(stage))
    test('closing the palette gives the focus back to what opened it', () => palette.givesFocusBack(stage))
    test('? shows every shortcut, and those of one key can be switched off for good', () =>
      palette.switchesKeysOff(stage))
    test('rows are walked by j and k on pages of any kind, and w and a act on the row', () => palette.walksRows(stage))
    test(
      'the palette has no serious violation for axe, and fits, in any theme at any width, whatever it shows',
      () => palette.isAccessible(stage),
      300_000,
    )
  })

  test('an address that names nothing says so, leads back to the list, and is asked about only when there is news', async () => {
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
  })

  describe('many devices at once', () => {
    const stage = { visit: () => operator, home: () => demo.url }
    test('the columns are chosen, shared by the address and remembered', () => bulk.choosesColumns(stage))
    test('devices are grouped, and a group is opened by keys', () => bulk.groups(stage))
    test('by keys alone all that match are selected, what would be done is looked at, begun and undone', () =>
      bulk.actsOnMany(stage))
    test('what is done to devices is followed on its own page, and listed', () => bulk.followsAction(stage))
  })

  test('whoever chooses a theme keeps it, whatever the device prefers', async () => {
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
  })

  test('the API’s reference opens beside the console, and names its newest endpoints', async () => {
    const { page } = operator
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(new URL('/reference', demo.url).href)
    await page.getByRole('heading', { name: 'Suture' }).first().waitFor({ timeout: 30_000 })
    await page.getByText('Rollouts', { exact: true }).first().waitFor()
  })

  test('a text that cannot be read, and an error that nobody caught, would have been noticed', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const heard = listenTo(page)
    await page.goto(new URL('/sign-in', demo.url).href)
    await settled(page)
    expect(heard).toEqual([])
    await page.evaluate("document.querySelector('h1').style.color = '#f4f4f4'")
    expect((await seriousViolations(page)).join()).toContain('color-contrast')
    await page.evaluate("setTimeout(() => { throw new Error('planted') })")
    await expect.poll(() => heard.join()).toContain('planted')
    await context.close()
  })

  test('a rollout is planned from a release’s page in two clicks, by keys alone, and by nobody who may not', async () => {
    const { page, context, heard } = await visit('operator', '/releases')
    const published = await context.request.get(new URL('/api/v1/releases?state=published', demo.url).href)
    const [{ id }] = (await published.json()).items
    await page.goto(new URL(`/releases/${id}`, demo.url).href)
    await settled(page)
    const { clicks, seconds } = await plansARelease(page)
    process.stdout.write(
      `J4: ${clicks} clicks and ${seconds.toFixed(1)} s from a release to a plan that waits for approval\n`,
    )
    expect(clicks).toBeLessThanOrEqual(2)
    expect(seconds).toBeLessThan(120)
    await plansByKeys(page, demo.url, id)
    await saysWhyNot(page, demo.url, id)
    await looksWell(page, demo.url, id)
    // The browser itself tells of the previews that were refused.
    expect(heard.filter((each) => !each.includes('status of 422'))).toEqual([])
    await context.close()
    const auditor = await visit('auditor', `/rollouts/new?release=${id}`)
    await auditor.page.getByText('deployment:plan').waitFor()
    expect(await auditor.page.getByRole('button', { name: 'Freeze and ask for approval' }).count()).toBe(0)
    expect([auditor.heard, await seriousViolations(auditor.page)]).toEqual([[], []])
    await auditor.context.close()
  }, 240_000)

  test('nothing complained on the way', () => {
    expect(operator.heard).toEqual([])
  })
})
