import { type Paper, sheetStyle } from '@suture/contract/report-sheet.ts'
import { useEffect } from 'react'

/** Sets the page for print while it is shown: paper, head and foot of every page. */
export function useSheet(paper: Paper, head: string, asOf: string, foot: string): void {
  useEffect(() => {
    // A style element would need the policy’s nonce; a sheet that is made here does not.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(sheetStyle({ paper, head, asOf, foot }))
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet)
    }
  }, [paper, head, asOf, foot])
}
