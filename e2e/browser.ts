import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where Debian and others put a Chromium; `SUTURE_CHROMIUM` names another. */
const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine, if there is one; with `SUTURE_REQUIRE_PEERS=1` a missing one is a failure. */
export function findBrowser(): string | undefined {
  const found = [process.env.SUTURE_CHROMIUM, ...known].find((path) => path !== undefined && existsSync(path))
  if (found === undefined && process.env.SUTURE_REQUIRE_PEERS === '1')
    throw new Error('No Chromium: install Debian’s `chromium`, or name one in SUTURE_CHROMIUM.')
  return found
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const startBrowser = (executablePath: string, more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...flags, ...more] })

/** Everything that a page complained about: on its console, by an error that nobody caught, by a request that failed. */
export function listenTo(page: Page): string[] {
  const heard: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => heard.push(`uncaught: ${error.message}`))
  page.on('requestfailed', (request) => {
    // A page that is left ends its stream of changes.
    const why = request.failure()?.errorText
    if (why !== 'net::ERR_ABORTED') heard.push(`${why}: ${request.url()}`)
  })
  return heard
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe finds serious or critical on a page as it stands (WCAG 2.2 A and AA), one line for each element. The source is
 * evaluated, because the page’s policy allows no script but its own.
 */
export async function seriousViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    )
}
