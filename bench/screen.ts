import { setTimeout as after } from 'node:timers/promises'
import { importDevices, listDevices } from '@suture/contract/inventory.ts'
import { secret } from '@suture/testing/demo/cast.ts'
import type { Person } from '@suture/testing/demo/people.ts'
import { findBrowser, startBrowser } from '../e2e/browser.ts'
import { type Visit, visitAs } from '../e2e/pages.ts'

/** As fast as somebody who drags a wheel hard: 40 rows of 32 px in a second's sixtieth would be a jump, 2 are a rush. */
const pixelsPerFrame = 64
/** How far: twenty pages of the list. */
const mostRows = 10_000
/** How many changes are waited for. */
const changes = 20

interface Scrolled {
  readonly frames: number
  /** Frames in which a part of the list showed nothing though there was a row for it. */
  readonly blank: number
  /** Frames in which the list was at the end of what was loaded, so that the wheel turned in vain. */
  readonly waiting: number
  /** Frames that took longer than 50 ms, which an eye sees. */
  readonly long: number
  /** Every row that was on the screen, by its place in the list, with the device that it showed. */
  readonly rows: readonly (readonly [number, string])[]
}

/** Runs in the page: scrolls frame by frame, and looks before each is painted. */
const scrolling = ({ step, rows }: { readonly step: number; readonly rows: number }) => `new Promise((done) => {
  const list = document.querySelector('.device-scroll')
  const seen = new Map()
  const told = { frames: 0, blank: 0, waiting: 0, long: 0 }
  let last = performance.now()
  const look = (now) => {
    told.frames += 1
    if (now - last > 50) told.long += 1
    last = now
    const { top, bottom } = list.getBoundingClientRect()
    const head = list.querySelector('thead').getBoundingClientRect().bottom
    const drawn = [...list.querySelectorAll('tbody tr[aria-rowindex]')]
    for (const row of drawn) seen.set(Number(row.getAttribute('aria-rowindex')), row.id)
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40
    if (atEnd) told.waiting += 1
    const first = drawn[0]?.getBoundingClientRect().top ?? Infinity
    const end = drawn.at(-1)?.getBoundingClientRect().bottom ?? -Infinity
    if (first > Math.max(top, head) + 1 || (end < bottom - 1 && !atEnd)) told.blank += 1
    if (seen.has(${rows}) || told.frames > ${rows * 4}) return done({ ...told, rows: [...seen] })
    list.scrollTop += ${step}
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})`

const at = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN)

/** How many rows up to the last were not on the screen, or showed another device than the list has in that place. */
async function rowsMissed(operator: Person, { rows }: Scrolled, last: number): Promise<number> {
  const shown = new Map(rows)
  let missed = 0
  let cursor: string | undefined
  for (let place = 2; place <= last; ) {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) }
    const page: { items: readonly { id: string }[]; next?: string | undefined } = await operator.calls(listDevices, {
      query,
    })
    for (const { id } of page.items) if (place <= last && shown.get(place++) !== `d-${id}`) missed += 1
    if (page.next === undefined) break
    cursor = page.next
  }
  return missed
}

/** From the request that changes a device to its row on the screen, in milliseconds: the change itself is part of it. */
async function lags(
  page: Visit['page'],
  operator: Person,
  row: Parameters<typeof rename>[1],
): Promise<readonly number[]> {
  const all: number[] = []
  for (let n = 0; n < changes; n++) {
    const name = `renamed-${n}`
    const began = performance.now()
    await rename(operator, row, name)
    await page.locator('.device-scroll').getByText(name, { exact: true }).waitFor({ timeout: 30_000 })
    all.push(performance.now() - began)
    await after(500)
  }
  return all.toSorted((a, b) => a - b)
}

interface Named {
  readonly serial: string
  readonly manufacturer: string
  readonly model: string
  readonly type: string
  readonly hardwareRevision: string
  readonly firmware: string
}

const rename = (operator: Person, row: Named, name: string) =>
  operator.calls(importDevices, { body: { devices: [{ ...row, name }] } })

/**
 * What somebody at the list of devices waits for: its first rows, rows while they scroll, and news.
 * @param row the device that stands first in the list
 * @param devices how many there are
 * @throws Error without a Chromium
 */
export async function measureScreen(url: string, operator: Person, row: Named, devices: number) {
  const rows = Math.min(mostRows, devices)
  const chromium = findBrowser()
  if (chromium === undefined) throw new Error('The screen is measured in Chromium, and there is none here')
  const browser = await startBrowser(chromium)
  try {
    const { page, heard } = await visitAs(browser, { url, password: secret }, operator.name, '/')
    await page.locator('.topb').waitFor()
    const began = performance.now()
    await page.goto(new URL('/devices', url).href)
    await page.locator('tbody tr[aria-rowindex]').first().waitFor()
    const firstRowsMs = Math.round(performance.now() - began)
    const lag = await lags(page, operator, row)
    const scrolled = (await page.evaluate(scrolling({ step: pixelsPerFrame, rows }))) as Scrolled
    const missed = await rowsMissed(operator, scrolled, rows)
    const { frames, blank, waiting, long } = scrolled
    return {
      firstRowsMs,
      live: { changes, p50Ms: at(lag, 0.5), p95Ms: at(lag, 0.95) },
      scroll: { rows, pixelsPerFrame, frames, blank, waiting, long, missed },
      complaints: heard.length,
    }
  } finally {
    await browser.close()
  }
}
