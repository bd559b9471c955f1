import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import GithubSlugger from 'github-slugger'

/** Every Markdown page of the root and of `docs/`, by its path. */
export function readPages(root: string): ReadonlyMap<string, string> {
  const isPage = (name: string) => name.endsWith('.md')
  const atRoot = readdirSync(root).filter(isPage)
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(isPage)
    .map((name) => posix.join('docs', name.replaceAll('\\', '/')))
  return new Map([...atRoot, ...inDocs].sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** A page without its blocks of code, in which nothing is a heading, a link or a picture. */
const prose = (page: string): string => page.replaceAll(/^ *(```|~~~)[^\n]*\n[\s\S]*?^ *\1/gm, '')

/** The names by which the headings of a page can be linked to, as GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const headings = [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text)
  return new Set(headings.map((text) => slugger.slug(text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))))
}

/** The links of pages that lead to no file of the repository, or to no heading of a page, one line each. */
export function deadLinks(root: string, pages: ReadonlyMap<string, string>): readonly string[] {
  const textOf = (path: string) => pages.get(path) ?? readFileSync(join(root, path), 'utf8')
  return [...pages].flatMap(([page, text]) =>
    [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to = '']) => to)
      .filter((to) => !/^[a-z]+:/.test(to))
      .flatMap((to) => {
        const [file = '', anchor] = to.split('#')
        const path = file === '' ? page : posix.join(dirname(page), file)
        if (file !== '' && !existsSync(join(root, path))) return [`${page} leads to ${file}, which is not there`]
        if (anchor === undefined || !path.endsWith('.md') || anchorsOf(textOf(path)).has(anchor)) return []
        return [`${page} leads to ${to}, and there is no such heading`]
      }),
  )
}

/** What is wrong with the pictures of pages, one line each: not there, told to nobody who cannot see it, or shown nowhere. */
export function wrongPictures(
  root: string,
  pages: ReadonlyMap<string, string>,
  kept: readonly string[],
): readonly string[] {
  const shown = [...pages].flatMap(([page, text]) => {
    const marked = [...prose(text).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, alt, to = '']) => ({ alt, to }))
    const tags = [...prose(text).matchAll(/<(img|source)\b[^>]*>/g)].map(([tag, kind]) => ({
      // A source is another look of the picture after it, which tells what both show.
      alt: kind === 'source' ? 'as the picture' : /\balt="([^"]*)"/.exec(tag)?.[1],
      to: /\b(?:src|srcset)="([^"\s]+)"/.exec(tag)?.[1] ?? '',
    }))
    return [...marked, ...tags].map((each) => ({ ...each, page, path: posix.join(dirname(page), each.to) }))
  })
  return [
    ...shown
      .filter(({ path }) => !existsSync(join(root, path)))
      .map(({ page, to }) => `${page} shows ${to}, which is not there`),
    ...shown
      .filter(({ alt }) => !alt?.trim())
      .map(({ page, to }) => `${page} shows ${to} and does not say what it shows`),
    ...kept.filter((file) => shown.every(({ path }) => path !== file)).map((file) => `${file} is shown nowhere`),
  ]
}

/**
 * How the page about the architecture differs from the tree, one line each: it describes each folder that is there, and
 * announces only folders that are not.
 */
export function misdrawn(architecture: string, folders: readonly string[]): readonly string[] {
  const [there = '', later = ''] = architecture.split('\n## What comes later\n')
  const named = (text: string) => [...text.matchAll(/^- \*\*`([^`]+)\/`\*\*/gm)].map(([, folder = '']) => folder)
  return [
    ...folders.filter((folder) => !named(there).includes(folder)).map((folder) => `${folder}/ is not described`),
    ...named(there)
      .filter((folder) => !folders.includes(folder))
      .map((folder) => `${folder}/ is not there`),
    ...named(later)
      .filter((folder) => folders.includes(folder))
      .map((folder) => `${folder}/ is there already`),
  ]
}
