import { useEffect, useState } from 'react'

/** What the focus goes back to; the item of a menu is gone with its menu, and the menu’s button is not. */
export function openerOf(element: Element | null): Element | null {
  const menu = element?.closest('[role=menu]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element
}

/** Gives the focus back to what opened a drawer or a dialog, when that is gone. */
export function useReturnOfFocus(): void {
  const [opener] = useState(() => openerOf(document.activeElement))
  useEffect(() => () => void setTimeout(() => opener instanceof HTMLElement && opener.focus()), [opener])
}
