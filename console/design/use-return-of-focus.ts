import { useEffect, useState } from 'react'

/** Gives the focus back to what opened a drawer or a dialog, when that is gone. */
export function useReturnOfFocus(): void {
  const [opener] = useState(() => document.activeElement)
  useEffect(() => () => void setTimeout(() => opener instanceof HTMLElement && opener.focus()), [opener])
}
