import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sha256 } from '@suture/trust/digest.ts'

const server = fileURLToPath(new URL('../../', import.meta.url))

/** Where programs lie: the only code of ours that a child may read. */
export const programs = join(server, 'dist/sandbox/')

/** What this process has looked at already, by source. */
const known = new Map<string, Promise<URL>>()

/**
 * The file of plain JavaScript with all that a module imports, packages too; it is bundled when any of its sources has
 * changed. A child may not write, so it cannot keep compiled code, and would load Node’s remover of types each time.
 */
export function programOf(module: URL): Promise<URL> {
  const found = known.get(module.href)
  if (found !== undefined) return found
  const made = bundleUnlessFresh(fileURLToPath(module))
  known.set(module.href, made)
  made.catch(() => known.delete(module.href))
  return made
}

/** The SHA-256 of each source, by its path from here; the first line of a program. */
type Sources = Readonly<Record<string, string>>

const digestOf = (path: string): string => sha256(readFileSync(join(server, path)))

function isFresh(file: string): boolean {
  try {
    const [first = ''] = readFileSync(file, 'utf8').split('\n', 1)
    const sources = JSON.parse(first.slice('// '.length)) as Sources
    return Object.entries(sources).every(([path, digest]) => digestOf(path) === digest)
  } catch {
    // Not there, cut short, or a source of it is gone.
    return false
  }
}

async function bundleUnlessFresh(module: string): Promise<URL> {
  const file = join(programs, `${relative(server, module).replaceAll(/[\\/]/g, '.')}.mjs`)
  if (!isFresh(file)) await bundle(module, file)
  return pathToFileURL(file)
}

async function bundle(module: string, file: string): Promise<void> {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({ input: module, platform: 'node', cwd: server })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false }).finally(() => build.close())
  const [{ code, moduleIds }] = output
  const paths = [...moduleIds.filter((id) => !id.startsWith('\0')), import.meta.filename].map((id) =>
    relative(server, id),
  )
  const sources: Sources = Object.fromEntries(paths.map((path) => [path, digestOf(path)]))
  mkdirSync(programs, { recursive: true })
  // Several processes may do so at once; each finds a whole file.
  const making = `${file}.${process.pid}`
  writeFileSync(making, `// ${JSON.stringify(sources)}\n${code}`)
  renameSync(making, file)
}
