import { type Permission, permissionNames } from '@suture/contract/permissions.ts'
import type { Role } from '@suture/contract/roles.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, seriousViolations, startBrowser } from './browser.ts'
import { type OpenDemo, openDemo } from './demo.ts'
import { pathsOf, settled, type Visit, visitAs } from './pages.ts'

/** Who has which role in the demo; the viewer is invited for this. */
const holders: Readonly<Record<Role, string>> = {
  viewer: 'viewer',
  operator: 'operator',
  approver: 'first-approver',
  publisher: 'publisher',
  auditor: 'auditor',
  admin: 'admin',
}

interface Needed {
  /** Without it the whole page is refused. */
  readonly may?: Permission
  /** What somebody may do there, by what it is called, and what that needs. */
  readonly acts?: readonly (readonly [name: RegExp, may: Permission])[]
}

/** What each page needs: written down here once more, so that the console is not asked about itself. */
const pages: Readonly<Record<string, Needed>> = {
  '/': {},
  '/devices': { may: 'inventory:read', acts: [[/^Import a list$/, 'inventory:write']] },
  '/devices?q=state:live': { may: 'inventory:read', acts: [[/^Keep as a view$/, 'inventory:write']] },
  '/devices/actions': { may: 'inventory:read' },
  '/devices/:one': { may: 'inventory:read', acts: [[/^Read /, 'deployment:control']] },
  '/vulnerabilities': { may: 'intelligence:read' },
  '/vulnerabilities?tab=findings': { may: 'intelligence:read' },
  '/vulnerabilities?tab=vulnerabilities': { may: 'intelligence:read' },
  '/vulnerabilities/:one': { may: 'intelligence:read' },
  '/releases': { may: 'releases:read' },
  '/releases/:one': { may: 'releases:read' },
  '/rollouts': { may: 'deployment:read', acts: [[/^Plan a rollout$/, 'deployment:plan']] },
  '/rollouts/new': { may: 'deployment:plan' },
  '/rollouts/:one': { may: 'deployment:read' },
  '/risk': { may: 'risk:read' },
  '/risk?tab=clocks': { may: 'risk:read' },
  '/risk?tab=table': { may: 'risk:read' },
  '/evidence': { may: 'compliance:read' },
  '/evidence/verify': { may: 'compliance:read' },
  '/evidence/report': { may: 'compliance:read' },
  '/evidence/:one': { may: 'compliance:read' },
  '/settings': { may: 'platform:read-users', acts: [[/^Invite a person$/, 'platform:manage-users']] },
  '/settings?tab=roles': {},
  '/settings?tab=tokens': { may: 'platform:manage-tokens', acts: [[/^Create a token$/, 'platform:manage-tokens']] },
  '/settings?tab=keys': { may: 'signing:read' },
  '/settings?tab=profile': { acts: [[/^Change a part$/, 'deployment:set-defaults']] },
  '/settings?tab=notices': { may: 'integrations:read', acts: [[/^Create a webhook$/, 'integrations:manage']] },
  '/settings?tab=record': { may: 'platform:read-events' },
}

/** The places and what each needs, in their order. */
const places: readonly (readonly [string, Permission?])[] = [
  ['Now'],
  ['Devices', 'inventory:read'],
  ['Vulnerabilities', 'intelligence:read'],
  ['Releases', 'releases:read'],
  ['Rollouts', 'deployment:read'],
  ['Risk', 'risk:read'],
  ['Evidence', 'compliance:read'],
  ['Settings'],
]

const executable = findBrowser()

describe.skipIf(executable === undefined)('each page, seen by each role', () => {
  let demo: OpenDemo
  let browser: Browser
  /** The address of one thing of each kind. */
  const ones = new Map<string, string>()
  /** What was offered to anybody, so that what is offered to nobody is noticed. */
  const offered = new Set<string>()

  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([openDemo(), startBrowser(executable ?? '')])
    const admin = await visitAs(browser, demo, 'admin')
    await letViewerIn(admin)
    for (const path of await pathsOf(admin.page, demo.url)) {
      const [, list, one] = /^\/(\w+)\/([^?/]+)$/.exec(path) ?? []
      if (list && one) ones.set(`/${list}/:one`, path)
    }
    await admin.context.close()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
  })

  async function letViewerIn({ context }: Visit): Promise<void> {
    const send = async (path: string, data: object) => {
      const answer = await context.request.post(new URL(`/api/v1/${path}`, demo.url).href, {
        headers: { 'suture-client': '1' },
        data,
      })
      expect(answer.ok()).toBe(true)
      return answer.json()
    }
    const login = 'viewer@demo.example'
    const { invitation } = await send('users', { login, name: 'Viewer', roles: ['viewer'] })
    await send('invitation', { code: invitation.code, password: demo.password })
  }

  /** What the server says that somebody may, as it told their browser. */
  const heldBy = async ({ context }: Visit): Promise<readonly Permission[]> => {
    const answer = await context.request.get(new URL('/api/v1/session', demo.url).href)
    const { permissions } = (await answer.json()) as { permissions: Permission[] }
    return permissionNames.filter((each) => permissions.includes(each))
  }

  const sidebar = (page: Page) =>
    page.getByRole('navigation', { name: 'Places' }).locator('.nav a span:first-of-type').allTextContents()

  async function look(page: Page, path: string, needed: Needed, held: readonly Permission[]): Promise<void> {
    await page.goto(new URL(ones.get(path) ?? path, demo.url).href)
    await settled(page)
    const refused = page.getByRole('alert').filter({ hasText: 'auth/not-permitted' })
    const isRefused = needed.may !== undefined && !held.includes(needed.may)
    if (isRefused) await refused.first().waitFor()
    expect([path, await refused.count()]).toEqual([path, isRefused ? 1 : 0])
    if (isRefused)
      expect([path, await refused.textContent()]).toEqual([path, expect.stringContaining(needed.may ?? '')])
    for (const [name, may] of needed.acts ?? []) {
      const there = await page.getByRole('button', { name }).or(page.getByRole('link', { name })).count()
      expect([path, name, there > 0]).toEqual([path, name, !isRefused && held.includes(may)])
      if (there > 0) offered.add(`${path} ${name}`)
    }
  }

  test.each(Object.entries(holders))('%s', async (_, who) => {
    const visit = await visitAs(browser, demo, who)
    const { page, context, heard } = visit
    const refusals: string[] = []
    page.on('response', (answer) => {
      if (answer.status() === 403) refusals.push(`${new URL(page.url()).pathname} asked ${answer.url()}`)
    })
    const held = await heldBy(visit)
    expect(await sidebar(page)).toEqual(places.flatMap(([name, may]) => (!may || held.includes(may) ? [name] : [])))
    for (const [path, needed] of Object.entries(pages)) await look(page, path, needed, held)
    // A page does not ask for what whoever looks may not see, and is not surprised either.
    expect([refusals, heard]).toEqual([[], []])
    expect(await seriousViolations(page)).toEqual([])
    await context.close()
  })

  test('nothing is offered to nobody', () => {
    const acts = Object.entries(pages).flatMap(([path, { acts }]) => (acts ?? []).map(([name]) => `${path} ${name}`))
    expect([...offered].toSorted()).toEqual(acts.toSorted())
  })
})
