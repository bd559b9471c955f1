import type { AnyRouter } from '@tanstack/react-router'

/** The focus that nobody has any more goes to the page: the next Tab is on it, and readers of screens begin there. */
export function focusPage(): void {
  if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
}

/** Goes to an address of the console for somebody at the keyboard: their focus goes along. */
export async function go(router: AnyRouter, href: string): Promise<void> {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  await router.navigate({ href })
  focusPage()
}
