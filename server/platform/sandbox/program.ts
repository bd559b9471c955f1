import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { OperatorError } from '#platform/operator-error.ts'

/** Where the programs of one tree of sources come from and go to. */
interface Tree {
  readonly root: string
  /** The folder that every module lies in. */
  readonly modules: string
  /** What any of them may import of ours, and what says which packages there are. */
  readonly sources: readonly string[]
  /** The folder with the programs. */
  readonly programs: string
}

/** By its path from the root: where the tree itself lies says nothing. */
const isSource = (path: string): boolean =>
  /\.(ts|json)$/.test(path) && !/\.test\.ts$|(^|[\\/])(node_modules|dist)[\\/]/.test(path)

function filesIn({ root, sources }: Tree): readonly string[] {
  const within = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  return sources
    .flatMap((source) => (source.endsWith('.json') ? [source] : within(source)))
    .filter(isSource)
    .sort()
}

/** SHA-256 over the names and contents of all sources, shortened: it names the folder of what is bundled from them. */
function digestOf(tree: Tree): string {
  const hash = createHash('sha256')
  for (const path of filesIn(tree))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(tree.root, path)))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** One file of JavaScript with all that a module imports, packages too. Whatever could not be found is an error. */
async function bundled(module: string): Promise<string> {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: module,
    platform: 'node',
    onLog: (level, { message }) => {
      if (level !== 'debug') throw new Error(message)
    },
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false }).finally(() => build.close())
  return output[0].code
}

/** Writes a file that is there whole or not at all, and that others cannot change, whatever the umask. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o644, flush: true })
    renameSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Removes what other sources left, as far as this user may. */
function tidy(programs: string, digest: string): void {
  for (const other of readdirSync(programs))
    if (other !== digest)
      try {
        rmSync(join(programs, other), { recursive: true, force: true })
      } catch {
        // It is in nobody’s way.
      }
}

/** What a person can do about a folder that this user may not write. */
function inWords(error: unknown, folder: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) return error
  return new OperatorError(
    `${folder} cannot be written (${code}), and the programs of the sandbox are not there yet. Run \`suture build\` once as a user who may write it.`,
  )
}

/**
 * The programs of a tree: for each module one file of plain JavaScript, bundled when there is none of exactly these
 * sources. A child may not write, so it cannot keep compiled code, and would load Node’s remover of types each time.
 * @returns finds the program of a module of that tree
 * @throws OperatorError when it is not there and cannot be written
 */
export function programsOf(tree: Tree): (module: URL) => Promise<URL> {
  let digest: string | undefined
  const making = new Map<string, Promise<void>>()

  async function make(module: string, file: string): Promise<void> {
    const code = await bundled(module)
    if (digestOf(tree) !== digest)
      throw new OperatorError('The sources have changed under this process: start it again.')
    try {
      write(file, code)
    } catch (error) {
      throw inWords(error, tree.programs)
    }
    tidy(tree.programs, digest)
  }

  return async (module) => {
    const path = relative(tree.modules, fileURLToPath(module))
    if (path.split(sep)[0] === '..') throw new Error(`${path} lies outside of ${tree.modules}`)
    digest ??= digestOf(tree)
    const file = join(tree.programs, digest, `${path}.mjs`)
    if (!existsSync(file)) {
      const made = making.get(file) ?? make(fileURLToPath(module), file).finally(() => making.delete(file))
      making.set(file, made)
      await made
    }
    return pathToFileURL(file)
  }
}
