import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { go } from './go.ts'
import { open } from './overlay.ts'
import { placesFor } from './places.ts'
import { useCaller } from './session.ts'
import { actOf, beginsTwo, nameOf } from './shortcuts.ts'
import { singleKeys } from './single-keys.ts'

/** How long the second of two keys may take. */
const patienceMs = 2_000

const fields = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=combobox]'

/** Whether what is pressed is meant for a field, a menu or something that lies over the page. */
const isElsewhere = (at: EventTarget | null): boolean =>
  document.querySelector('[aria-modal=true]') !== null ||
  (at instanceof Element && at.closest(`${fields}, [role=menu], [role=dialog]`) !== null)

/** The field in which a page is searched. */
const searchField = () =>
  document.querySelector<HTMLElement>('main :is(search, [role=search]) input, main input[role=combobox]')

/** The row that an element stands in. */
const rowOf = (element: Element | null) => element?.closest('tr, article, li') ?? null

/**
 * Goes to the next or the previous row: a page marks with `data-row` what of each row takes the focus; a grid walks its
 * rows by itself once it has the focus.
 */
function walk(by: 1 | -1): boolean {
  const grid = document.querySelector<HTMLElement>('main [role=grid]')
  const rows = grid ? [grid] : [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const here = rowOf(document.activeElement)
  const at = here ? rows.findIndex((each) => here.contains(each)) : -1
  const to = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by]
  to?.focus()
  return to !== undefined
}

/** Presses what says that a key is its shortcut: in the row that has the focus, or the only one on the page. */
function press(key: string): boolean {
  const within = rowOf(document.activeElement) ?? document
  const [one, ...others] = within.querySelectorAll<HTMLElement>(`:is(main, main *)[aria-keyshortcuts=${key}]`)
  if (one === undefined || others.length > 0) return false
  one.click()
  return true
}

/** What a key does on any page; whether it did anything. */
function act(event: KeyboardEvent): boolean {
  const singles = singleKeys()
  const everywhere = actOf('everywhere', event, singles)
  if (everywhere === 'leave') {
    const field = searchField()
    if (field === null || field !== event.target) return false
    field.blur()
    return true
  }
  if (document.querySelector('[aria-modal=true]') === null && everywhere === 'palette') {
    open('palette')
    return true
  }
  if (isElsewhere(event.target)) return false
  if (everywhere === 'help') open('shortcuts')
  if (everywhere === 'search') {
    const field = searchField()
    if (field) field.focus()
    else open('palette')
  }
  if (everywhere !== undefined) return true
  const row = actOf('row', event, singles)
  if (row !== undefined) return press(nameOf(event) ?? '')
  const rows = actOf('rows', event, singles)
  // The link or the button of a row that has the focus opens by itself.
  return rows === 'next' || rows === 'previous' ? walk(rows === 'next' ? 1 : -1) : false
}

/** Listens to the keys that work on every page. What acted on a key itself has prevented its default. */
export function useKeys(): void {
  const router = useRouter()
  const { permissions } = useCaller()
  useEffect(() => {
    let first: { readonly name: string; readonly at: number } | undefined
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const before = first && event.timeStamp - first.at < patienceMs ? first.name : undefined
      first = undefined
      const isHere = !isElsewhere(event.target)
      const place = before !== undefined && isHere ? actOf('places', event, singleKeys(), before) : undefined
      if (place !== undefined && placesFor(permissions).some(({ path }) => path === place)) {
        event.preventDefault()
        void go(router, place)
        return
      }
      const name = nameOf(event)
      if (isHere && name !== undefined && singleKeys() && beginsTwo(name)) first = { name, at: event.timeStamp }
      else if (act(event)) event.preventDefault()
    }
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [router, permissions])
}
