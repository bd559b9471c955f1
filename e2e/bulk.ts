import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { seriousViolations } from './browser.ts'
import { everyLook, overflow, settled, shows, type Visit } from './pages.ts'

interface Stage {
  readonly visit: () => Visit
  readonly home: () => string
}

const search = (page: Page) => new URL(page.url()).searchParams
const grid = (page: Page) => page.getByRole('grid', { name: 'Devices' })
const bar = (page: Page) => page.getByRole('region', { name: 'What is selected' })

async function start({ visit, home }: Stage, path = '/devices'): Promise<Page> {
  const { page } = visit()
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
  await page.goto(new URL(path, home()).href)
  await settled(page)
  return page
}

/** Nothing is wrong with the page in any theme, wide and narrow. */
async function lookEverywhere(page: Page): Promise<void> {
  for await (const [theme, width] of everyLook(page))
    expect([theme, width, await seriousViolations(page), await overflow(page)]).toEqual([theme, width, [], 0])
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
  await page.setViewportSize({ width: 1440, height: 900 })
  await shows(page, 'light')
}

/** The columns, their order and the density are chosen, shared by the address, and remembered. */
export async function choosesColumns(stage: Stage): Promise<void> {
  const page = await start(stage)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByLabel('Serial').check()
  await page.getByRole('button', { name: 'Move Firmware up' }).click()
  await page.getByText('Compact').click()
  expect(await seriousViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  const heads = async () => (await grid(page).locator('th').allTextContents()).filter((head) => head !== '')
  const chosen = ['Device', 'Model', 'Firmware', 'Revision', 'Known by', 'Next deadline', 'Findings', 'Place']
  await expect.poll(heads).toEqual([...chosen, 'Last heard', 'Serial'])
  expect([search(page).get('cols'), search(page).get('rows')]).toEqual(['mfrkdnphs', 'compact'])
  await page.goto(new URL('/devices', stage.home()).href)
  await settled(page)
  await expect.poll(heads).toEqual([...chosen, 'Last heard', 'Serial'])
  await page.goto(new URL('/devices?cols=fm', stage.home()).href)
  await settled(page)
  await expect.poll(heads).toEqual(['Device', 'Firmware', 'Model'])
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('button', { name: 'As usual' }).click()
  await page.keyboard.press('Escape')
}

/** Devices are grouped by what a field holds, and a group opens by the keyboard as the list with that condition. */
export async function groups(stage: Stage): Promise<void> {
  const page = await start(stage, '/devices?q=rig:no')
  await page.getByLabel('Group by').selectOption('site')
  const first = page.locator('main tbody tr').first()
  await first.waitFor()
  await lookEverywhere(page)
  const [name = '', count = ''] = await first.locator('td').allTextContents()
  await page.getByRole('heading', { name: 'Devices' }).first().click()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByText(`${count} devices`).first().waitFor()
  expect([search(page).get('by'), search(page).get('q')]).toEqual([null, expect.stringMatching(/^rig:no site:/)])
  expect(search(page).get('q')).toContain(name.split(' ')[0])
}

/** By keys alone: some devices, all that match, what would be done, begun and taken back; then done to one, and followed. */
export async function actsOnMany(stage: Stage): Promise<void> {
  const page = await start(stage, '/devices?q=rig:yes or site:Harbour')
  await grid(page).focus()
  for (const key of ['x', 'j', 'j', 'X']) await page.keyboard.press(key)
  await bar(page).getByText('3 selected').waitFor()
  await lookEverywhere(page)
  await grid(page).focus()
  await page.keyboard.press('Escape')
  await bar(page).waitFor({ state: 'detached' })
  await page.keyboard.press('x')
  const all = bar(page).getByRole('button', { name: /^Select all \d+ that match/ })
  const matching = Number(/\d+/.exec((await all.textContent()) ?? '')?.[0])
  await all.focus()
  await page.keyboard.press('Enter')
  await bar(page).getByText(`${matching} selected`).waitFor()
  await bar(page).getByRole('button', { name: 'Retire…' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/devices\/actions\/[0-9a-f-]{36}$/)
  await settled(page)
  const rigs = Number(await page.locator('tr', { hasText: 'a rig of the lab' }).locator('td.num').first().textContent())
  expect(rigs).toBeGreaterThan(0)
  await page.getByRole('heading', { name: `Retire ${matching - rigs} devices` }).waitFor()
  await lookEverywhere(page)
  await page.getByRole('button', { name: `Retire ${matching - rigs} devices` }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Nothing was touched yet').waitFor()
  expect(await seriousViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Undo: touch no device' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Stopped: 0 devices retired' }).waitFor()
}

/** What is done to a device is seen on the page of the action, and in the list of actions. */
export async function followsAction(stage: Stage): Promise<void> {
  const page = await start(stage, '/devices?q=site:Harbour rig:no state:live')
  await grid(page).focus()
  await page.keyboard.press('x')
  await bar(page).getByRole('button', { name: 'Retire…' }).click()
  await page.getByRole('button', { name: 'Retire 1 device', exact: true }).click()
  await page.getByRole('heading', { name: '1 device retired' }).waitFor({ timeout: 30_000 })
  await lookEverywhere(page)
  await page.getByRole('link', { name: 'Actions' }).first().click()
  await settled(page)
  expect(await page.locator('tbody tr').first().locator('td').allTextContents()).toEqual(
    expect.arrayContaining(['Retire', 'done', 'pointed at', '1', '0']),
  )
  await lookEverywhere(page)
}
