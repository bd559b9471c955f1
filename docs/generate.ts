import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readTree } from '../testing/architecture/picture.ts'
import { apiPage } from './api-page.ts'
import { behavioursPage } from './behaviours.ts'
import { commandLinePage } from './command-line.ts'
import { deadlinesPage } from './deadlines.ts'
import { firstRefusalsPage } from './first-refusals.ts'
import { gatesPage } from './gates.ts'
import { machinesPage } from './machines.ts'
import { otherWordsPage } from './other-words.ts'
import { openApi, refusalsPage } from './reference.ts'
import { rolesPage, settingsPage } from './settings.ts'
import { statesPage } from './states.ts'

const repository = join(import.meta.dirname, '..')

/** Every generated page by its path, from the sources as they are now. The same sources always give the same bytes. */
export async function generated(root = repository): Promise<ReadonlyMap<string, string>> {
  const files = readTree(root)
  const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8')
  return new Map([
    ['docs/refusals.md', refusalsPage(glossary)],
    ['docs/first-refusals.md', firstRefusalsPage()],
    ['docs/other-words.md', otherWordsPage(glossary)],
    ['docs/behaviours.md', behavioursPage(files)],
    ['docs/machines.md', machinesPage(files)],
    ['docs/concepts/states.md', statesPage(files, glossary)],
    ['docs/concepts/gates.md', gatesPage()],
    ['docs/concepts/deadlines.md', deadlinesPage(glossary)],
    ['docs/command-line.md', commandLinePage()],
    ['docs/settings.md', settingsPage()],
    ['docs/roles.md', rolesPage()],
    ['docs/api/README.md', apiPage(glossary)],
    ['docs/api/openapi.json', await openApi()],
  ])
}

const stored = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The pages that are missing below a root or say something else than they would now. */
export const stale = (pages: ReadonlyMap<string, string>, root = repository): readonly string[] =>
  [...pages].filter(([path, text]) => stored(join(root, path)) !== text).map(([path]) => path)

if (import.meta.main) {
  const pages = await generated()
  const changed = stale(pages)
  for (const path of changed) {
    mkdirSync(join(repository, dirname(path)), { recursive: true })
    writeFileSync(join(repository, path), pages.get(path) ?? '')
  }
  process.stdout.write(`${changed.length === 0 ? 'Every page is up to date.' : `Wrote ${changed.join(', ')}.`}\n`)
}
