import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

/** Every Markdown page of the root and of `docs/`, by its path. */
export function readPages(root: string): ReadonlyMap<string, string> {
  const isPage = (name: string) => name.endsWith('.md')
  const atRoot = readdirSync(root).filter(isPage)
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(isPage)
    .map((name) => posix.join('docs', name.replaceAll('\\', '/')))
  return new Map([...atRoot, ...inDocs].sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** The links of pages that lead to no file of the repository, one line each. */
export function deadLinks(root: string, pages: ReadonlyMap<string, string>): readonly string[] {
  return [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to = '']) => to.replace(/#.*$/, ''))
      .filter((to) => to !== '' && !/^[a-z]+:/.test(to) && !existsSync(join(root, dirname(page), to)))
      .map((to) => `${page} leads to ${to}, which is not there`),
  )
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
