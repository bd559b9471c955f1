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

/** The settings and scripts that pages name and no source knows, one line each. */
export function unknownNames(
  pages: ReadonlyMap<string, string>,
  sources: readonly string[],
  scripts: readonly string[],
): readonly string[] {
  return [...pages].flatMap(([page, text]) => {
    const settings = [...text.matchAll(/\bSUTURE_[A-Z_]+\b/g)].map(([name]) => name)
    const runs = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name)
    return [
      ...settings.filter((name) => !sources.some((source) => source.includes(name))),
      ...runs.filter((name) => !scripts.includes(name)).map((name) => `npm run ${name}`),
    ].map((name) => `${page}: nothing knows ${name}`)
  })
}
