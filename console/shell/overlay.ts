import { useSyncExternalStore } from 'react'
import { openerOf } from '../design/use-return-of-focus.ts'

/** What lies over the page, whoever opened it: the palette or the sheet of all shortcuts. */
export type Overlay = 'palette' | 'shortcuts'

let shown: Overlay | undefined
let opener: Element | null = null
const listeners = new Set<() => void>()

function set(overlay: Overlay | undefined): void {
  shown = overlay
  for (const listener of listeners) listener()
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
