import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { createRollout, getRollout, listRollouts, stopRollout } from '@suture/contract/deployment.ts'
import { listReleases } from '@suture/contract/releases.ts'
import { DdiDevice } from '@suture/testing/ddi-device.ts'
import { Person } from '@suture/testing/demo/people.ts'
import { star } from '@suture/testing/demo/world.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { findBrowser, seriousViolations, startBrowser } from './browser.ts'
import { type OpenDemo, openDemo } from './demo.ts'
import { everyLook, overflow, settled, visitAs } from './pages.ts'

const executable = findBrowser()

/** How many devices refuse the update: those of the revision that the story’s rollout quarantined, which nobody simulates any more. */
const many = 6

/** The devices of revision C, to be played by hand. */
function playersIn(files: string, url: string): readonly DdiDevice[] {
  const { devices, tenant } = JSON.parse(readFileSync(join(files, 'fleet.json'), 'utf8')) as {
    readonly tenant: string
    readonly devices: readonly {
      readonly controllerId: string
      readonly token: string
      readonly hardwareRevision: string
      readonly firmware: string
    }[]
  }
  return devices
    .filter(({ controllerId }) => controllerId.startsWith('dev-c-'))
    .map(
      ({ controllerId, hardwareRevision, token, firmware }) =>
        new DdiDevice(url, tenant, { serial: controllerId, hardwareRevision, token }, firmware),
    )
}

/** A rollout that takes revision C along all the same, and is not judged before all of it have ended. */
async function startAnother(operator: Person, approvers: readonly Person[]): Promise<string> {
  const { items } = await operator.calls(listReleases, { query: { limit: 100 } })
  const release = items.find(({ version }) => version === star.correctedAs)?.id ?? ''
  const hour = 3600_000
  const { id } = await operator.calls(createRollout, {
    body: {
      ...{ name: 'Those that are left', release, audience: { hardwareRevision: 'C' } },
      includeQuarantined: [{ hardwareRevision: 'C' }],
      waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1000 }],
      limits: {
        ...{ silenceSeconds: 3600, maxFailurePercent: 99 },
        perRevision: { maxFailurePercent: 99, minimumSample: 1000, beyond: 'stop' },
      },
      ...{ notBefore: new Date().toISOString(), notAfter: new Date(Date.now() + hour).toISOString() },
    },
  })
  for (const each of approvers) await each.does(['rollout', 'approve', id, '--yes'])
  while ((await operator.tries(['rollout', 'start', id])).status !== 0) await after(500)
  return id
}

/** Whoever is offered the update says no to it, at most so many; how many did. */
async function refuse(players: readonly DdiDevice[], most: number): Promise<number> {
  let refused = 0
  for (const player of players) {
    const action = refused < most ? await player.offered() : undefined
    if (action === undefined) continue
    await player.say(action, 'canceled')
    refused++
  }
  return refused
}

const looksRight = async (page: Page) => {
  for await (const [theme, width] of everyLook(page))
    expect([theme, width, await seriousViolations(page), await overflow(page)]).toEqual([theme, width, [], 0])
  await page.setViewportSize({ width: 1440, height: 900 })
}

describe.skipIf(executable === undefined)('failures of a rollout', () => {
  let demo: OpenDemo
  let browser: Browser
  let operator: Person
  let players: readonly DdiDevice[]
  let id: string
  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([openDemo(), startBrowser(executable ?? '')])
    const place = inject('demo')
    const [folder = ''] = readdirSync(place).filter((name) => name.startsWith('suture-demo-'))
    const person = (name: string) => new Person(name, join(place, folder, 'home'), demo.url)
    operator = person('operator')
    id = await startAnother(operator, [person('first-approver'), person('second-approver')])
    players = playersIn(join(place, folder, 'files'), demo.url)
    expect(await refuse(players, many)).toBe(many)
  }, 400_000)
  afterAll(async () => {
    await operator?.calls(stopRollout, { params: { id } }).catch(() => undefined)
    await browser?.close()
  })

  test('are shown to whoever may not decide', async () => {
    const looks = await visitAs(browser, demo, 'auditor', `/rollouts/${id}?view=clusters`)
    await looks.page.getByText('You may look. Trying again and holding is for operators.').first().waitFor()
    expect(await looks.page.getByRole('button', { name: `Try ${many} again…` }).count()).toBe(0)
    await looks.context.close()
  }, 120_000)

  test('are one decision for each cause: tried again, and in the end held', async () => {
    const { page, context, heard } = await visitAs(browser, demo, 'operator', `/rollouts/${id}`)
    const begun = Date.now()
    await page.evaluate("globalThis.clicks = 0; addEventListener('click', () => globalThis.clicks++, true)")
    await page.getByRole('link', { name: 'Clusters' }).click()
    await page.getByRole('button', { name: `Try ${many} again…` }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Try ${many} devices again` })
      .click()
    await page.getByText(`${many} devices may try again, and get a job when they next ask.`).waitFor()
    const clicks = await page.evaluate<number>('globalThis.clicks')
    const seconds = (Date.now() - begun) / 1000
    expect({ clicks, isQuick: seconds < 60 }).toEqual({ clicks: 3, isQuick: true })
    expect(await refuse(players, many)).toBe(many)
    const { waves } = await operator.calls(getRollout, { params: { id } })
    expect(waves[0]).toMatchObject({ failed: many, retries: { asked: many, offered: many, ended: many, verified: 0 } })
    await page
      .getByText(`${many} more tries were asked for: 0 still to come, 0 under way, 0 verified, ${many} failed again.`)
      .waitFor()
    await looksRight(page)

    // By keys alone: the dialog holds the focus, and gives it back.
    await page.getByRole('button', { name: `Try ${many} again…` }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await looksRight(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Hold revision C…' }).click()
    await page.getByLabel('Reason').fill('Its bootloader is too old')
    await page.getByRole('dialog').getByRole('button', { name: 'Hold revision C' }).click()
    await page.getByRole('heading', { name: 'Held revisions' }).waitFor()
    await page.getByText(/revision C is held: \d+ devices? left out, 0 called back\./).waitFor()
    // All that can still end have failed now, and a hold lets nobody escape a limit.
    await page.getByText('More devices of a revision failed than the plan allows').first().waitFor()
    await settled(page)
    await looksRight(page)
    expect(heard).toEqual([])
    await context.close()
  }, 240_000)

  test('lead to another plan once the rollout is over', async () => {
    const { items } = await operator.calls(listRollouts, { query: { state: 'finished' } })
    const { page, context } = await visitAs(browser, demo, 'operator', `/rollouts/${items[0]?.id}?view=clusters`)
    await page.getByText('The rollout is over, and tries nobody again.').first().waitFor()
    await looksRight(page)
    await page.getByRole('link', { name: 'Plan another for such devices' }).first().click()
    await page.waitForURL(({ pathname }) => pathname === '/rollouts/new')
    expect(new URL(page.url()).searchParams.get('q')).toContain(`rollout:${items[0]?.id} job:(`)
    await context.close()
  }, 240_000)
})
