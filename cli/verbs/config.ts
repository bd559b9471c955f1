import type { Command } from 'commander'
import { type Format, list, say } from '../output.ts'

/** `suture config`: every setting, what it means and what is in force. */
export const config = (program: Command): Command =>
  program
    .command('config')
    .description('print every setting of the server: its name, the value in force, its meaning')
    .action(async (_options: object, command: Command) => {
      const { describeConfig, readConfig } = await import('@suture/server/host.ts')
      const columns = [
        { head: 'Setting', cell: ({ name }: Setting) => name },
        { head: 'In force', cell: ({ value }: Setting) => value },
        { head: 'Meaning', cell: ({ meaning }: Setting) => meaning },
      ]
      say(list(describeConfig(readConfig(process.env)), columns, command.optsWithGlobals<{ output: Format }>().output))
    })

interface Setting {
  readonly name: string
  readonly value: string
  readonly meaning: string
}
