/**
 * What a guide tells to click or to look at, and the console does not have: what stands in italics on a page that leads
 * through it, one line each.
 */
export function unknownClicks(pages: ReadonlyMap<string, string>, console: readonly string[]): readonly string[] {
  return [...pages].flatMap(([page, text]) => {
    const prose = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').replaceAll(/`[^`\n]*`/g, '')
    const named = [...prose.matchAll(/(?<![*\w])\*([^*\n]+)\*(?![*\w])/g)].map(([, label = '']) => label)
    return named
      .filter((label) => !console.some((source) => source.includes(label)))
      .map((label) => `${page}: the console has no “${label}”`)
  })
}
