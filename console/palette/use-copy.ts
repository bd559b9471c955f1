import { useState } from 'react'

const shownMs = 3_000

/** Copies a command, and says for a moment what came of that. */
export function useCopy() {
  const [copied, setCopied] = useState<string>()
  const say = (text: string) => {
    setCopied(text)
    setTimeout(() => setCopied((now) => (now === text ? undefined : now)), shownMs)
  }
  const copy = (command: string) => {
    // Without TLS a browser keeps the clipboard from the page.
    const written = navigator.clipboard?.writeText(command) ?? Promise.reject(new Error('no clipboard'))
    written.then(
      () => say('Copied'),
      () => say('This browser does not let the page copy'),
    )
  }
  return { copied, copy }
}
