import type { Command } from 'commander'
import { buildCommandLine } from '../built.ts'
import { Failure } from '../failure.ts'
import { programName, say } from '../output.ts'

/** The folder of the console that belongs to this code, built if it was not yet. */
export async function consoleFolder(): Promise<string> {
  const { builtConsole } = await import('@suture/console/build.ts')
  return builtConsole().catch((error: NodeJS.ErrnoException) => {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
    throw new Failure(
      `The console is not built yet, and this user cannot write it (${error.message}). Run \`${programName} build\` once as a user who may, or set SUTURE_CONSOLE=off.`,
    )
  })
}

/** `suture build`: what `serve` builds at its first start. */
export const build = (program: Command): Command =>
  program
    .command('build')
    .description(
      'build the console, the programs of the sandbox and this command line now, for whoever may not write this folder',
    )
    .action(async () => {
      // Another user is to run it: a stricter umask would hide it, and a looser one would let others change it.
      process.umask(0o022)
      const { buildSandbox } = await import('@suture/server/host.ts')
      const built = [await consoleFolder(), ...(await buildSandbox()), await buildCommandLine()]
      say(`Built:\n${built.map((path) => `  ${path}`).join('\n')}`)
    })
