import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = import.meta.dirname
const [contract, trust] = [join(root, '../contract'), join(root, '../trust')]
const lock = join(root, '../package-lock.json')

/** Every file that the built console comes from, in a fixed order. */
function sources(): string[] {
  const within = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/^(dist|node_modules)[/\\]/.test(relative(folder, path)))
  return [...within(root), ...within(contract), ...within(trust), lock].filter((path) => existsSync(path)).sort()
}

/** SHA-256 over the names and contents of all sources, shortened: it names the folder of what is built from them. */
function digestOfSources(): string {
  const hash = createHash('sha256')
  for (const path of sources())
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

/**
 * Builds the console unless it was built from exactly these sources; several processes may do so at once.
 * @returns the folder that holds its files
 */
export async function builtConsole(): Promise<string> {
  const dist = join(root, 'dist')
  const folder = join(dist, digestOfSources())
  if (existsSync(folder)) return folder
  const { build } = await import('vite')
  const making = join(dist, `making-${process.pid}`)
  // Whatever runs this, tests included, gets what ships.
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: making, emptyOutDir: true },
  }).finally(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  })
  try {
    renameSync(making, folder)
  } catch (error) {
    rmSync(making, { recursive: true })
    // Another process was faster, with the same sources.
    if (!existsSync(folder)) throw error
  }
  for (const other of readdirSync(dist)) {
    const path = join(dist, other)
    if (path !== folder && !other.startsWith('making-')) rmSync(path, { recursive: true, force: true })
  }
  return folder
}
