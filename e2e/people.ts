import { startReceiver } from '@suture/testing/receiver.ts'
import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import { listenTo, seriousViolations } from './browser.ts'
import { everyLook, overflow, signIn } from './pages.ts'
import {
  accept,
  changeTwice,
  invite,
  makeToken,
  makeWebhook,
  openTab,
  refusedTabs,
  refusedToDisable,
  renameTwice,
  revoke,
  testWebhook,
} from './settings.ts'
import type { Stage } from './stage.ts'

/** An admin invites, changes and does not disable themselves; whoever was invited sees only what their role may. */
export async function keepsPeople({ demo, browser, visit }: Stage): Promise<void> {
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
}

/** A token’s secret is shown once and works until the token is revoked, and the record says who did it. */
export async function keepsTokens({ demo, visit }: Stage): Promise<void> {
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
}

/**
 * A webhook’s secret is shown once, what it signs arrives, and what its receiver refuses is replayed. Its address is shown
 * whole to those who may change it, and who changes it takes back nothing that others changed meanwhile.
 */
export async function keepsWebhooks({ demo, visit }: Stage): Promise<void> {
  const receiver = await startReceiver()
  const { page, context, heard } = await visit('admin', '/settings?tab=notices')
  await page.getByText('No webhook yet').waitFor()
  const secret = await makeWebhook(page, 'Tickets', `${receiver.url}/in?token=let-me-in`)
  await testWebhook(page, 'Tickets', 'delivered')
  const auditor = await visit('auditor', '/settings?tab=notices')
  const shown = (to: Page) => to.getByRole('region', { name: 'Webhooks' }).locator('.digest').textContent()
  expect(await shown(auditor.page)).toBe(receiver.url)
  expect(await shown(page)).toContain('let-me-in')
  await auditor.context.close()
  await page.getByRole('region', { name: 'Deliveries' }).locator('tr', { hasText: 'session.opened' }).first().waitFor()
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
  await page.setViewportSize({ width: 1440, height: 900 })
  const api = (path: string) => new URL(`/api/v1/webhooks${path}`, demo.url).href
  await renameTwice(page, 'Tickets', 'Chat', async () => {
    const { items } = await (await context.request.get(api(''))).json()
    const headers = { 'suture-client': '1', 'if-match': '*' }
    await context.request.patch(api(`/${items[0].id}`), { headers, data: { kinds: ['rollout'] } })
  })
  const row = page.getByRole('region', { name: 'Webhooks' }).locator('tr', { hasText: 'Chat' })
  await row.getByText('rollout', { exact: true }).waitFor()
  // The browser itself tells of the answer that was a refusal.
  expect(heard.filter((each) => !/status of 412/.test(each))).toEqual([])
  await context.close()
}
