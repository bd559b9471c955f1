import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { exitStatus, Failure } from './failure.ts'
import { formats, say } from './output.ts'
import { artifact } from './verbs/artifact.ts'
import { backup } from './verbs/backup.ts'
import { bill } from './verbs/bill.ts'
import { build } from './verbs/build.ts'
import { config } from './verbs/config.ts'
import { demo } from './verbs/demo.ts'
import { device } from './verbs/device.ts'
import { doctor } from './verbs/doctor.ts'
import { event } from './verbs/event.ts'
import { evidence } from './verbs/evidence.ts'
import { feed } from './verbs/feed.ts'
import { gateway } from './verbs/gateway.ts'
import { database, setupCode } from './verbs/host.ts'
import { init, join } from './verbs/init.ts'
import { lab } from './verbs/lab.ts'
import { login, logout, password, whoami } from './verbs/login.ts'
import { model } from './verbs/model.ts'
import { notice } from './verbs/notice.ts'
import { profile } from './verbs/profile.ts'
import { release } from './verbs/release.ts'
import { report } from './verbs/report.ts'
import { finding, fix } from './verbs/risk.ts'
import { rollout } from './verbs/rollout.ts'
import { serve } from './verbs/serve.ts'
import { signer } from './verbs/signer.ts'
import { site } from './verbs/site.ts'
import { token } from './verbs/token.ts'
import { user } from './verbs/user.ts'
import { vendorKey } from './verbs/vendor-key.ts'
import { vulnerability } from './verbs/vulnerability.ts'
import { webhook } from './verbs/webhook.ts'

const verbs = [
  serve,
  init,
  join,
  login,
  logout,
  password,
  whoami,
  user,
  token,
  site,
  device,
  model,
  bill,
  gateway,
  event,
  webhook,
  notice,
  feed,
  vulnerability,
  finding,
  fix,
  evidence,
  report,
  vendorKey,
  artifact,
  release,
  lab,
  profile,
  rollout,
  signer,
  setupCode,
  database,
  backup,
  build,
  config,
  doctor,
  demo,
]

const isVersionWanted = (argv: readonly string[]): boolean => argv[2] === '--version' || argv[2] === '-V'

/** The version of the installed Suture. */
const version = (): string =>
  (JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string }).version

/** Runs one command line; the exit status is one of `exitStatus`, or 0. */
async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('suture')
    .description('From a published vulnerability to verifiably patched devices.')
    .option('--server <url>', 'the server to talk to (SUTURE_URL; otherwise the last sign-in, otherwise this machine)')
    .option('--ca <file>', 'a certificate to believe besides those of this machine, PEM (SUTURE_CA)')
    .addOption(new Option('-o, --output <format>', 'how lists are printed').choices([...formats]).default('table'))
    .exitOverride()
    .hook('preAction', (_program, command) => {
      const { ca } = command.optsWithGlobals<{ ca?: string }>()
      if (ca !== undefined) process.env.SUTURE_CA = ca
    })
    .showHelpAfterError('suture --help lists the commands.')
    .addHelpText('after', '\nsuture --version prints the version.')
  // No option of the program: wherever it stood, it would take the `--version` of `release create` for itself.
  if (isVersionWanted(argv)) return say(version())
  for (const add of verbs) add(program)
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
