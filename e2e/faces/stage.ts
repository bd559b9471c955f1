import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { whoAmI } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import { type AnyEndpoint, apiBase } from '@suture/contract/endpoint.ts'
import { endpoints } from '@suture/contract/index.ts'
import { refusals } from '@suture/contract/refusals.ts'
import type { Browser, Page, Request, Route } from 'playwright-core'
import { listenTo } from '../browser.ts'
import { answerTo, type Kept } from './answers.ts'
import type { Case, Face } from './pages.ts'

/** Nobody listens there: whatever a page asks for is answered here. */
const origin = 'http://127.0.0.1:8470'

/** The same on every machine: what needs no font of the machine, and no caret that blinks. */
const style = '<style>:root { --font-mono: var(--font-sans) } * { caret-color: transparent !important }</style>'

/** A stream that is answered at once ends at once; this one stays, and brings no news. */
const quietStream =
  'globalThis.EventSource = class { constructor() { queueMicrotask(() => this.onopen()) } close() {} }'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** A file of the built console; every other path is a page of it. */
function fileFor(folder: string, path: string) {
  const name = extname(path) === '' ? 'index.html' : path
  const bytes = readFileSync(join(folder, name))
  const body = name === 'index.html' ? bytes.toString().replace('</head>', `${style}</head>`) : bytes
  return { status: 200, contentType: types[extname(name)] ?? 'application/octet-stream', body }
}

/** Each endpoint by what its address looks like; where two fit, the one without a name in it. */
const shapes = (Object.values(endpoints) as AnyEndpoint[])
  .map((endpoint) => ({ endpoint, shape: new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`) }))
  .toSorted((a, b) => a.endpoint.path.split('{').length - b.endpoint.path.split('{').length)

const endpointOf = (method: string, path: string): AnyEndpoint | undefined =>
  shapes.find(({ endpoint, shape }) => endpoint.method === method && shape.test(path))?.endpoint

/** What the server says to whoever does not hold a permission. */
function refusalOf({ may }: AnyEndpoint) {
  const { status, says, remedy } = refusals['auth/not-permitted']
  const told = { type: 'about:blank', title: says, status, remedy, code: 'auth/not-permitted' }
  const problem = { ...told, permission: may, incident: '00000000-0000-4000-8000-000000000000' }
  return { status, contentType: 'application/problem+json', body: JSON.stringify(problem) }
}

/** Where pages are shown, one after the other, and what is noticed of the one that is. */
export interface Stage {
  readonly page: Page
  /** What the page complained about. */
  readonly heard: string[]
  /** What it asked for, by the name of the endpoint. */
  readonly asked: string[]
  /** What it asked for that nothing is kept for. */
  readonly unanswered: string[]
  /** The files that it waits for. */
  readonly awaited: Set<Request>
  /** Which page it is, in which face. */
  shows: Pick<Case, 'path' | 'face' | 'first'>
}

interface Given {
  readonly kept: Kept
  /** The folder of the built console. */
  readonly files: string
}

export async function openStage(browser: Browser, { kept, files }: Given): Promise<Stage> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1280, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce' },
    ...{ locale: 'en-GB', timezoneId: 'UTC', serviceWorkers: 'block' },
  })
  await context.addInitScript(quietStream)
  const page = await context.newPage()
  await page.clock.setFixedTime(new Date(kept.at))
  const nothing: Stage['shows'] = { path: '/', face: 'loading' }
  const awaited = new Set<Request>()
  const isOver = (request: Request) => void awaited.delete(request)
  page.on('requestfinished', isOver)
  page.on('requestfailed', isOver)
  const stage: Stage = { page, heard: listenTo(page), asked: [], unanswered: [], awaited, shows: nothing }
  await page.route('**/*', (route) => {
    const url = new URL(route.request().url())
    if (url.pathname.startsWith(apiBase)) return answer(route, kept, stage)
    awaited.add(route.request())
    return route.fulfill(fileFor(files, url.pathname))
  })
  return stage
}

/** Who looks: somebody with every role, or with none. */
const callerIn = (kept: Kept, face: Face): object => {
  const caller = kept.full['GET /session'] as Reply<typeof whoAmI>
  return face === 'withheld' ? { ...caller, roles: [], permissions: [] } : caller
}

async function answer(route: Route, kept: Kept, { shows, asked, unanswered }: Stage): Promise<void> {
  const { face, first } = shows
  const request = route.request()
  const url = new URL(request.url())
  const endpoint = endpointOf(request.method(), url.pathname.slice(apiBase.length))
  asked.push(endpoint?.id ?? url.pathname)
  if (endpoint?.id === 'whoAmI') return route.fulfill({ json: callerIn(kept, face) })
  // Never answered: whoever leaves the page ends it.
  if (endpoint === undefined || face === 'loading') return
  if (face === 'arriving' && endpoint.id !== first) return
  const isFree = endpoint.may === 'anyone' || endpoint.may === 'signed-in'
  if (!isFree && (face === 'refused' || face === 'withheld')) return route.fulfill(refusalOf(endpoint))
  const told = answerIn(kept, face, request)
  if (told === undefined) unanswered.push(`${request.method()} ${url.pathname}${url.search}`)
  else await route.fulfill({ json: told })
}

/** In an empty tenant a single thing is as it is elsewhere; what it has nothing of are the lists. */
function answerIn({ full, empty }: Kept, face: Face, request: Request): unknown {
  const url = new URL(request.url())
  const nothing = face === 'empty' ? answerTo(empty, request.method(), url) : undefined
  return nothing ?? answerTo(full, request.method(), url)
}

/**
 * The window as it stands; in all faces but the first, the page without the frame around it. Signs come in a file of
 * their own, and nothing tells when they are drawn, so it is looked at until it stays the same.
 */
export async function pictureOf(page: Page, face: Face): Promise<Buffer> {
  const look = () => (face === 'full' ? page : page.locator('main')).screenshot({ animations: 'disabled' })
  for (let before = await look(); ; ) {
    const now = await look()
    if (now.equals(before)) return now
    before = now
  }
}

/**
 * Opens a page; what it comes to is waited for, as somebody does who waits for three seconds.
 * @returns its words
 */
export async function show(stage: Stage, shows: Stage['shows']): Promise<string> {
  const { page, heard, asked, unanswered, awaited } = stage
  // What was shown before asks nothing any more.
  await page.goto('about:blank')
  stage.shows = shows
  for (const noticed of [heard, asked, unanswered]) noticed.length = 0
  awaited.clear()
  await page.goto(new URL(shows.path, origin).href)
  await page.locator('main h1').first().waitFor()
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  await page.clock.runFor(2_500)
  const isWhole = shows.face !== 'loading' && shows.face !== 'arriving'
  if (isWhole) await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
  for (let before = ''; ; ) {
    const now = `${asked.length}\n${await page.locator('main').ariaSnapshot()}`
    if (now === before && awaited.size === 0) return now.slice(now.indexOf('\n') + 1)
    before = now
    await page.evaluate('new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))')
  }
}
