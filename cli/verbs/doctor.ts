import type { Command } from 'commander'
import { exitStatus } from '../failure.ts'
import { type Format, list, say } from '../output.ts'

interface Finding {
  readonly check: string
  readonly state: string
  readonly says: string
}

/** `suture doctor`: versions, and what deviates from safe defaults; the exit status is 1 when something is bad. */
export const doctor = (program: Command): Command =>
  program
    .command('doctor')
    .description('on the server’s machine: versions, and whatever deviates from safe defaults')
    .action(async (_options: object, command: Command) => {
      const { diagnose, readConfig } = await import('@suture/server/host.ts')
      const findings: readonly Finding[] = await diagnose(readConfig(process.env))
      const columns = [
        { head: '', cell: ({ state }: Finding) => state },
        { head: 'Check', cell: ({ check }: Finding) => check },
        { head: 'Says', cell: ({ says }: Finding) => says },
      ]
      say(list(findings, columns, command.optsWithGlobals<{ output: Format }>().output))
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = exitStatus.fault
    })
