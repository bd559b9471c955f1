import type { Locator, Page } from 'playwright-core'
import { settled } from './pages.ts'

/** The tabs of Settings, with the permission that each needs of whoever looks. */
const settingsTabs = {
  people: 'platform:read-users',
  roles: undefined,
  tokens: 'platform:manage-tokens',
  keys: 'signing:read',
  profile: undefined,
  notices: 'integrations:read',
  record: 'platform:read-events',
} as const
type Tab = keyof typeof settingsTabs

/** Opens a tab of Settings by its address. */
export async function openTab(page: Page, url: string, tab: Tab): Promise<void> {
  await page.goto(new URL(tab === 'people' ? '/settings' : `/settings?tab=${tab}`, url).href)
  await settled(page)
}

/** Which tabs are refused to whoever looks; each must name the permission that it needs. */
export async function refusedTabs(page: Page, url: string): Promise<Tab[]> {
  const refused: Tab[] = []
  for (const [tab, permission] of Object.entries(settingsTabs) as [Tab, string | undefined][]) {
    await openTab(page, url, tab)
    const face = page.getByRole('alert').filter({ hasText: 'auth/not-permitted' })
    if ((await face.count()) === 0) continue
    if (permission === undefined || !(await face.textContent())?.includes(permission))
      throw new Error(`${tab} is refused without its rule`)
    refused.push(tab)
  }
  return refused
}

/** Takes down what is shown once, and closes the dialog that shows it. */
async function takeDown(page: Page, name: string): Promise<string> {
  const shown = page.getByRole('dialog').getByRole('region', { name })
  const secret = (await shown.textContent()) ?? ''
  if (page.url().includes(secret)) throw new Error('The secret is in the address')
  await page.getByRole('button', { name: 'I have it, close' }).click()
  await shown.waitFor({ state: 'detached' })
  if ((await page.content()).includes(secret)) throw new Error('The secret outlived its dialog')
  return secret
}

const rowOf = (page: Page, name: string): Locator => page.locator('tr', { hasText: name })

/** An admin invites somebody; what they are given. */
export async function invite(page: Page, login: string, name: string, role: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite a person' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Invite' }).click()
  await dialog.getByText('Choose at least one role').waitFor()
  await dialog.getByLabel('Login name').fill(login)
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await dialog.getByRole('checkbox', { name: new RegExp(`^${role}`) }).check()
  await dialog.getByRole('button', { name: 'Invite' }).click()
  const code = await takeDown(page, 'One-time code')
  await rowOf(page, login).getByText('invited, no password yet').waitFor()
  return code
}

/** Somebody who was invited sets their password. */
export async function accept(page: Page, url: string, code: string, password: string): Promise<void> {
  await page.goto(new URL('/invitation', url).href)
  await page.getByLabel('Code of the invitation').fill(code)
  await page.locator('input[name=password]').fill(password)
  await page.getByRole('button', { name: 'Set your password' }).click()
  await page.getByRole('heading', { name: 'Sign in to Suture' }).waitFor()
}

/**
 * Changes what somebody may do, while somebody else changes the same person: it is refused, what was chosen stays, and
 * after a second look it is done.
 */
export async function changeTwice(page: Page, name: string, role: string, meanwhile: () => Promise<void>) {
  await page.getByRole('button', { name: `Change ${name}` }).click()
  const dialog = page.getByRole('dialog')
  const box = dialog.getByRole('checkbox', { name: new RegExp(`^${role}`) })
  await box.check()
  await meanwhile()
  await dialog.getByRole('button', { name: `Change ${name}` }).click()
  await dialog.getByText('Somebody changed this since it was read').waitFor()
  if (!(await box.isChecked())) throw new Error('What was chosen is gone')
  await dialog.getByRole('button', { name: /^Read it again/ }).click()
  await dialog.getByText('Somebody changed this').waitFor({ state: 'detached' })
  if (!(await box.isChecked())) throw new Error('What was chosen is gone')
  await dialog.getByRole('button', { name: `Change ${name}` }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** Tries to disable somebody; why that was refused. */
export async function refusedToDisable(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: `More about ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: `Disable ${name}` }).click()
  const why = await dialog.getByRole('alert').textContent()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  // Whoever came by the keyboard goes on where they were.
  await page
    .locator(':focus')
    .and(page.getByRole('button', { name: `More about ${name}` }))
    .waitFor()
  return why ?? ''
}

/** Makes a token that may read the record; its secret. */
export async function makeToken(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Create a token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('checkbox', { name: /platform:read-events/ }).check()
  await dialog.getByRole('button', { name: 'Create' }).click()
  return takeDown(page, 'Secret')
}

/** Revokes a token by its name. */
export async function revoke(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: `Revoke ${name}` }).click()
  await dialog.waitFor({ state: 'detached' })
  await rowOf(page, name).getByText('revoked').waitFor()
}

/** Makes a webhook that is told of sessions; its secret. */
export async function makeWebhook(page: Page, name: string, url: string): Promise<string> {
  await page.getByRole('button', { name: 'Create a webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Address').fill(url)
  await dialog.getByLabel('Kinds of events').fill('sesion')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('no event is about that').waitFor()
  await dialog.getByLabel('Kinds of events').fill('session.opened')
  await dialog.getByRole('button', { name: 'Create' }).click()
  return takeDown(page, 'Secret')
}

/** Sends a test to a webhook; the row of the delivery that came of it, once it has come to this. */
export async function testWebhook(page: Page, name: string, outcome: string): Promise<Locator> {
  await page.getByRole('button', { name: `Send a test to ${name}` }).click()
  const row = page.getByRole('region', { name: 'Deliveries' }).locator('tr', { hasText: 'webhook.tested' }).first()
  await row.getByText(outcome, { exact: true }).waitFor()
  return row
}

/** Renames a webhook while somebody else changes it: it is refused, and after a second look both changes stand. */
export async function renameTwice(page: Page, name: string, to: string, meanwhile: () => Promise<void>) {
  await page.getByRole('button', { name: `More about ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Change', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(to)
  await meanwhile()
  await dialog.getByRole('button', { name: 'Change', exact: true }).click()
  await dialog.getByText('Somebody changed this since it was read').waitFor()
  await dialog.getByRole('button', { name: /^Read it again/ }).click()
  await dialog.getByText('Somebody changed this').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Change', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}
