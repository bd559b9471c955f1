import { execFile } from 'node:child_process'
import { createHash, hash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { OperatorError } from '#platform/operator-error.ts'
import type { Order } from './bundle.ts'

const runFile = promisify(execFile)

/** The most bytes of a program. */
const mostBytes = 64 * 1024 * 1024

/** Where the programs of one tree of sources come from and go to. */
interface Tree {
  readonly root: string
  /** The folder that every module lies in. */
  readonly modules: string
  /** What any of them may take in of ours, and the files that say which packages there are. */
  readonly sources: readonly string[]
  /** What is not taken in, but loaded from where it lies when it is wanted. */
  readonly outside?: RegExp
  /** The folder with the programs. */
  readonly programs: string
}

/** The programs of a tree. */
export interface Programs {
  /** The program of a module, if one was made of exactly these sources; none if one of them cannot be read. */
  find(module: URL): URL | undefined
  /**
   * The program of a module, made if there is none.
   * @throws OperatorError when it is not there and cannot be written
   */
  make(module: URL): Promise<URL>
}

/** What a tree's packages are: as they should be, and as npm has installed them, which it writes down each time. */
export const packages = ['package-lock.json', 'node_modules/.package-lock.json'] as const

/** By its path from the root: where the tree itself lies says nothing. */
const isSource = (path: string): boolean =>
  /\.(ts|json)$/.test(path) && !/\.test\.ts$|(^|[\\/])(node_modules|dist)[\\/]/.test(path)

function filesIn({ root, sources }: Tree): readonly string[] {
  const within = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      // A link stands for what it leads to, here as in a bundle.
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter(isSource)
  return sources
    .flatMap((source) =>
      source.endsWith('.json') ? [source].filter((path) => existsSync(join(root, path))) : within(source),
    )
    .sort()
}

/** SHA-256 over the names and contents of all sources, shortened: it names the folder of what is bundled from them. */
function digestOf(tree: Tree): string {
  const all = createHash('sha256')
  for (const path of filesIn(tree))
    all
      .update(`${path}\0`)
      .update(readFileSync(join(tree.root, path)))
      .update('\0')
  return all.digest('hex').slice(0, 16)
}

/**
 * One file of JavaScript with all that a module imports, packages too. It is made in a process of its own: what a
 * bundler takes, some 200 MB, a server would keep for as long as it runs. Whatever could not be found is an error.
 */
async function bundled({ root, outside }: Tree, module: string, file: string): Promise<string> {
  const order: Order = { root, module, file, outside: outside?.source }
  const program = fileURLToPath(new URL('./bundle.ts', import.meta.url))
  const { stdout } = await runFile(process.execPath, [program, JSON.stringify(order)], { maxBuffer: mostBytes })
  return stdout
}

const mark = '\n// The SHA-256 of all before this line: '
const seal = (code: string | Uint8Array): string => `${mark}${hash('sha256', code)}\n`

/** Whether a program is there, readable, and as it was written: a part of one might run, and do nothing. */
function isWhole(file: string): boolean {
  try {
    const bytes = readFileSync(file)
    const end = bytes.lastIndexOf(mark)
    return bytes.toString('latin1', end) === seal(bytes.subarray(0, end))
  } catch {
    return false
  }
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

const isAbout = (error: unknown, codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '')

/** What a person can do about a folder that this user may not write. */
function inWords(error: unknown, folder: string): unknown {
  if (!isAbout(error, ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR'])) return error
  return new OperatorError(
    `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}), and what belongs there is not built yet. See that it is a folder, and run \`suture build\` once as a user who may write it.`,
  )
}

/**
 * The programs of a tree: for each module one file of plain JavaScript, bundled when there is none of exactly these
 * sources. It starts sooner than the sources do: Node looks for one file and not for some hundreds, and needs no remover
 * of types, which it would have to load each time where it may not write down what it has compiled.
 */
export function programsOf(tree: Tree): Programs {
  let digest: string | undefined
  const making = new Map<string, Promise<void>>()

  function fileOf(module: string): string {
    const path = relative(tree.modules, module)
    if (path.split(sep)[0] === '..') throw new Error(`${path} lies outside of ${tree.modules}`)
    digest ??= digestOf(tree)
    return join(tree.programs, digest, `${path}.mjs`)
  }

  async function make(module: string, file: string): Promise<void> {
    const code = await bundled(tree, module, file)
    const made = digestOf(tree)
    if (made !== digest) throw new OperatorError('The sources have changed under this process: start it again.')
    try {
      write(file, code + seal(code))
    } catch (error) {
      throw inWords(error, tree.programs)
    }
    tidy(tree.programs, made)
  }

  return {
    find(module) {
      try {
        const file = fileOf(fileURLToPath(module))
        return isWhole(file) ? pathToFileURL(file) : undefined
      } catch (error) {
        // It was removed while it was being read, or this user may not read it: what runs may well not need it.
        if (isAbout(error, ['ENOENT', 'EACCES', 'EPERM'])) return undefined
        throw error
      }
    },
    async make(module) {
      const path = fileURLToPath(module)
      const file = fileOf(path)
      if (!isWhole(file)) {
        const made = making.get(file) ?? make(path, file).finally(() => making.delete(file))
        making.set(file, made)
        await made
      }
      return pathToFileURL(file)
    },
  }
}
