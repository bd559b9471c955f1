import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { exitStatus, Failure } from './failure.ts'
import { say } from './output.ts'
import { suture } from './program.ts'

const isVersionWanted = (argv: readonly string[]): boolean => argv[2] === '--version' || argv[2] === '-V'

/** The version of the installed Suture. */
const version = (): string =>
  (JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string }).version

/** Runs one command line; the exit status is one of `exitStatus`, or 0. */
async function run(argv: readonly string[]): Promise<void> {
  // No option of the program: wherever it stood, it would take the `--version` of `release create` for itself.
  if (isVersionWanted(argv)) return say(version())
  const program = suture().hook('preAction', (_program, command) => {
    const { ca } = command.optsWithGlobals<{ ca?: string }>()
    if (ca !== undefined) process.env.SUTURE_CA = ca
  })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = tell(error)
  }
}

/** Errors with a code come from the system or the database: the sentence says what is wrong, a stack would not. */
const isForPeople = (error: Error): boolean =>
  error instanceof Failure || error.name === 'OperatorError' || 'code' in error

function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitStatus.usage
  const fault = error instanceof Error ? error : new Error(String(error))
  if ('code' in fault && fault.code === 'ENOENT' && 'path' in fault) {
    process.stderr.write(`There is no file ${fault.path}.\n`)
    return exitStatus.usage
  }
  const brief = isForPeople(fault) && process.env.SUTURE_LOG_LEVEL !== 'debug'
  process.stderr.write(`${brief ? fault.message : fault.stack}\n`)
  return error instanceof Failure ? error.status : exitStatus.fault
}

await run(process.argv)
