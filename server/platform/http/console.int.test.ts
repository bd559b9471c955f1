import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
const folder = mkdtempSync(join(tmpdir(), 'suture-console-'))

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<meta nonce="__NONCE__"><title>Suture</title>')
  writeFileSync(join(folder, 'assets', 'main-abc.js'), 'export {}')
  writeFileSync(join(folder, 'assets', 'mark-x_1.svg'), '<svg/>')
  writeFileSync(join(folder, 'secret.txt'), 'not for browsers')
  server = await startTestServer({ console: folder })
  tenant = await server.addTenant('plant')
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const browser = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }

const get = async (path: string, headers: Record<string, string> = browser) => {
  const response = await fetch(new URL(path, server.base), { headers, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const asAdmin = () => ({ ...browser, ...tenant.people.admin.headers })

describe('the console’s files', () => {
  test('the one page is at every address that no endpoint has, for whoever has a session', async () => {
    for (const path of ['/', '/devices', '/rollouts/01a2?view=cells', '/anything/at/all']) {
      const { status, text, headers } = await get(path, asAdmin())
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8'])
      expect(text).toContain('<title>Suture</title>')
    }
  })

  test('its policy allows nothing from elsewhere and no code from strings, with a nonce that is never the same', async () => {
    const [one, two] = [await get('/', asAdmin()), await get('/', asAdmin())]
    const policy = one.headers.get('content-security-policy') ?? ''
    const nonce = /nonce="([^"]+)"/.exec(one.text)?.[1]
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(two.text).not.toContain(nonce)
  })

  test('whoever has no session is sent to sign in, and comes back to where they wanted to go', async () => {
    expect((await get('/')).headers.get('location')).toBe('/sign-in')
    const { status, headers } = await get('/devices?state=live')
    expect([status, headers.get('location')]).toEqual([302, '/sign-in?back=%2Fdevices%3Fstate%3Dlive'])
    for (const door of ['/sign-in', '/sign-in?back=%2F', '/setup', '/invitation'])
      expect([door, (await get(door)).status]).toEqual([door, 200])
  })

  test('files are kept for ever, because their names change with them, and nothing else of the folder is given', async () => {
    const file = await get('/assets/main-abc.js', {})
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    for (const path of ['/assets/../secret.txt', '/assets/%2e%2e/secret.txt', '/assets/..%2fsecret.txt', '/secret.txt'])
      expect((await get(path, {})).text).not.toContain('not for browsers')
  })

  test('a page that is not the console’s finds an icon', async () => {
    const { status, headers } = await get('/favicon.ico', { accept: 'image/*' })
    expect([status, headers.get('location')]).toEqual([301, '/assets/mark-x_1.svg'])
    expect((await get('/assets/mark-x_1.svg', {})).headers.get('content-type')).toBe('image/svg+xml')
  })

  test('whoever does not ask for a page gets what they always got', async () => {
    const { status, headers } = await get('/nothing', { accept: 'application/json' })
    expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([404, 'application/problem+json'])
    const missing = await get('/api/v1/nothing', asAdmin())
    expect([missing.status, missing.headers.get('content-type')?.split(';')[0]]).toEqual([
      404,
      'application/problem+json',
    ])
    expect((await get('/assets/missing.js', asAdmin())).status).toBe(404)
  })
})
