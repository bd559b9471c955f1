import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSource, type Source } from './source.ts'
import { type Migration, readMigration } from './sql.ts'

/** One package.json, as far as imports are concerned. */
export interface Manifest {
  /** Its folder; `''` is the root. */
  readonly path: string
  readonly name: string
  /** Everything it declares, of whatever kind. */
  readonly declares: readonly string[]
  /** Whether `#x` means `./x` here. */
  readonly hashes: boolean
}

/** The tree in memory: all that `check` may look at. */
export interface Picture {
  readonly paths: ReadonlySet<string>
  readonly sources: readonly Source[]
  readonly manifests: readonly Manifest[]
  readonly migrations: readonly Migration[]
}

const skipped = new Set(['node_modules', 'dist', 'coverage'])
const isSource = (path: string) => /\.(ts|tsx|mjs)$/.test(path)
const isManifest = (path: string) => /^([^/]+\/)?package\.json$/.test(path)
const isMigration = (path: string) => /^migrations\/.*\.sql$/.test(path)

/**
 * Every file below a root by its path, with the text of those the rules read.
 * The disk and not git's index, so that a file breaks the drawing before it is added, and an archive without git works.
 */
export function readTree(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const visit = (folder: string, entry: Dirent) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.name.startsWith('.') || skipped.has(entry.name)) return
    if (entry.isDirectory()) walk(path)
    else if (isSource(path) || isManifest(path) || isMigration(path))
      files.set(path, readFileSync(join(root, path), 'utf8'))
    else files.set(path, '')
  }
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) visit(folder, entry)
  }
  walk('')
  return files
}

type Declared = Readonly<Record<string, string>>
interface PackageJson {
  readonly name?: string
  readonly imports?: Declared
  readonly workspaces?: readonly string[]
  readonly dependencies?: Declared
  readonly devDependencies?: Declared
  readonly optionalDependencies?: Declared
  readonly peerDependencies?: Declared
}

function readManifest(path: string, text: string): Manifest {
  const json = JSON.parse(text) as PackageJson
  const kinds = [json.dependencies, json.devDependencies, json.optionalDependencies, json.peerDependencies]
  return {
    path: path.replace(/\/?package\.json$/, ''),
    name: json.name ?? path,
    declares: kinds.flatMap((kind) => Object.keys(kind ?? {})),
    hashes: json.imports?.['#*'] === './*',
  }
}

/** The picture of a tree given as path → text. */
export function draw(files: ReadonlyMap<string, string>): Picture {
  const those = (wanted: (path: string) => boolean) =>
    [...files].filter(([path]) => wanted(path)).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    paths: new Set(files.keys()),
    sources: those(isSource).map(([path, text]) => readSource(path, text)),
    manifests: those(isManifest).map(([path, text]) => readManifest(path, text)),
    migrations: those(isMigration).map(([path, text]) => readMigration(path, text)),
  }
}
