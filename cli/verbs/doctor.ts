import { type Command, Option } from 'commander'
import { serverOf } from '../connection.ts'
import { exitStatus } from '../failure.ts'
import { type Format, list, say } from '../output.ts'

const parts = ['machine', 'database', 'signer', 'sandbox', 'backup', 'address', 'server'] as const
type Part = (typeof parts)[number]

interface Finding {
  readonly check: string
  readonly state: string
  readonly says: string
}

interface Options {
  readonly server?: string
  readonly output: Format
  readonly only?: Part[]
  readonly strict?: boolean
}

const columns = [
  { head: 'State', cell: ({ state }: Finding) => state },
  { head: 'Check', cell: ({ check }: Finding) => check },
  { head: 'Says', cell: ({ says }: Finding) => says },
]

/** `suture doctor`: versions, and what deviates from safe defaults; the exit status is 1 when something is bad. */
export const doctor = (program: Command): Command =>
  program
    .command('doctor')
    .description('on the server’s machine: versions, and whatever deviates from safe defaults')
    .addOption(new Option('--only <parts...>', 'look at these alone').choices(parts))
    .option('--strict', 'end with status 1 for a warning as well')
    .action(async (_options: object, command: Command) => {
      const { server, output, only, strict } = command.optsWithGlobals<Options>()
      const { diagnose, readConfig } = await import('@suture/server/host.ts')
      const named = server ?? process.env.SUTURE_URL
      // The address of a server that was named, and never that of the last sign-in: this is about this machine.
      const url = named ? await serverOf(named) : undefined
      const findings: readonly Finding[] = await diagnose(readConfig(process.env), { url, only })
      say(list(findings, columns, output))
      const isWrong = ({ state }: Finding) => state === 'bad' || (strict === true && state === 'warn')
      if (findings.some(isWrong)) process.exitCode = exitStatus.fault
    })
