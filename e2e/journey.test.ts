import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, listenTo, seriousViolations, startBrowser } from './browser.ts'
import { looksWell, plansARelease, plansByKeys, saysWhyNot } from './builder.ts'
import * as bulk from './bulk.ts'
import { type OpenDemo, openDemo } from './demo.ts'
import * as devices from './devices.ts'
import * as doors from './doors.ts'
import * as evidence from './evidence.ts'
import * as around from './look-around.ts'
import { cutOff, everyLook, overflow, pathsOf, settled, type Visit, visitAs } from './pages.ts'
import * as palette from './palette.ts'
import * as people from './people.ts'
import type { Stage } from './stage.ts'

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
  const stage = (): Stage => ({ demo, browser, operator, visit })

  test('the eight places stand in their order, and the side bar says who looks', async () => {
    const places = operator.page.getByRole('navigation', { name: 'Places' }).locator('.nav a span:first-of-type')
    expect(await places.allTextContents()).toEqual([
      ...['Now', 'Devices', 'Vulnerabilities', 'Releases', 'Rollouts', 'Risk', 'Evidence', 'Settings'],
    ])
    await operator.page.getByRole('button', { name: /operator/ }).waitFor()
    await operator.page.locator('.topb').getByText('Live', { exact: true }).waitFor()
  })

  test('Now tells what waits for somebody, and a finding explains itself from what the engine stored', () =>
    around.tellsDecisions(stage()))

  test('Devices lists the fleet, narrows it by what is typed, and opens one', () => devices.listsTheFleet(stage()))

  test('a query of devices is offered live values, told what is wrong with it, and kept as a view', () =>
    devices.asksInQueries(stage()))

  test('Vulnerabilities tells what each release would close, and the findings by what is asked for, each with its reason', () =>
    around.tellsFixesAndFindings(stage()))

  test('a vulnerability says who says what of it, why a device has it, and why another one has not', () =>
    around.tellsWhoSaysWhat(stage()))

  test('Releases tells what the lab said of each, and one of them who vouches for it, where it goes and who published it', () =>
    around.tellsOfReleases(stage()))

  test('the rollout says what the signed evidence says', () => around.tellsOfTheRollout(stage()))

  test('the pack in the console is the pack that the story’s auditor downloaded', () =>
    around.downloadsThePack(stage()))

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

  test('Risk tells what was decided, when it is due, and on which row of the table it stands', () =>
    around.tellsOfRisk(stage()))

  test('an admin invites, changes and does not disable themselves; whoever was invited sees only what their role may', () =>
    people.keepsPeople(stage()))

  test(
    'a token’s secret is shown once and works until the token is revoked, and the record says who did it',
    () => people.keepsTokens(stage()),
    240_000,
  )

  test(
    'a webhook’s secret is shown once, what it signs arrives, and what its receiver refuses is replayed',
    () => people.keepsWebhooks(stage()),
    240_000,
  )

  test('what changes elsewhere appears without anybody asking', () => devices.followsChanges(stage()))

  test('a place that somebody may not see is not in their side bar, and its address is refused with the rule', () =>
    doors.refusesPlaces(stage()))

  test('a wrong password is refused in words, and says nothing of whether the person exists', () =>
    doors.refusesPasswords(stage()))

  test('whoever signed out in another tab, or goes back, finds the door and the way on', () =>
    doors.signsOutEverywhere(stage()))

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

  test('the list of devices is walked by keys, in rows of one line and, where it is narrow, of two', () =>
    devices.walksByKeys(stage()))

  describe('the palette and the keys', () => {
    const at = { visit: () => operator, home: () => demo.url, another: () => visit('operator') }
    test('the palette reaches each place by the keyboard alone, and the focus goes to its page', () =>
      palette.reachesPlaces(at))
    test('g and a letter reach each place, and a field keeps what is typed into it', () => palette.goesByLetters(at))
    test('a pasted CVE is answered within the page, with its explanation one key away', () => palette.answersCve(at))
    test('a CVE that nobody said anything of, or that nothing matches, is answered as what it is', () =>
      palette.answersHonestly(at))
    test('things are found by their names, at most five of a kind with how many there are, and copied as a command', () =>
      palette.findsThings(at))
    test('closing the palette gives the focus back to what opened it', () => palette.givesFocusBack(at))
    test('? shows every shortcut, and those of one key can be switched off for good', () => palette.switchesKeysOff(at))
    test('rows are walked by j and k on pages of any kind, and w and a act on the row', () => palette.walksRows(at))
    test(
      'the palette has no serious violation for axe, and fits, in any theme at any width, whatever it shows',
      () => palette.isAccessible(at),
      300_000,
    )
  })

  test('an address that names nothing says so, leads back to the list, and is asked about only when there is news', () =>
    doors.saysNoSuchThing(stage()))

  describe('many devices at once', () => {
    const at = { visit: () => operator, home: () => demo.url }
    test('the columns are chosen, shared by the address and remembered', () => bulk.choosesColumns(at))
    test('devices are grouped, and a group is opened by keys', () => bulk.groups(at))
    test('by keys alone all that match are selected, what would be done is looked at, begun and undone', () =>
      bulk.actsOnMany(at))
    test('what is done to devices is followed on its own page, and listed', () => bulk.followsAction(at))
  })

  test('whoever chooses a theme keeps it, whatever the device prefers', () => doors.keepsTheTheme(stage()))

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
