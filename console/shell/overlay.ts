import { useSyncExternalStore } from 'react'

/** What lies over the page, whoever opened it: the palette or the sheet of all shortcuts. */
export type Overlay = 'palette' | 'shortcuts'

let shown: Overlay | undefined
let opener: Element | null = null
const listeners = new Set<() => void>()

function set(overlay: Overlay | undefined): void {
  shown = overlay
  for (const listener of listeners) listener()
}

/** What the focus goes back to; the item of a menu is gone with its menu, and the menu’s button is not. */
function openerOf(element: Element | null): Element | null {
  const menu = element?.closest('[role=menu]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element
}

/** Opens one of them; the focus comes back to where it is now. */
export function open(overlay: Overlay): void {
  if (shown === undefined) opener = openerOf(document.activeElement)
  set(overlay)
}

/** Closes it, and gives the focus back. */
export function close(): void {
  set(undefined)
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
}

/** Closes it because somebody goes somewhere else, where their focus goes along. */
export const closeToGo = (): void => set(undefined)

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useOverlay = (): Overlay | undefined => useSyncExternalStore(subscribe, () => shown)
