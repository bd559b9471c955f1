import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { Failure } from '../failure.ts'

const program = new URL('../../testing/demo/main.ts', import.meta.url)

/** `suture demo`: the whole loop with simulated devices, in a folder of its own. */
export const demo = (cli: Command): Command =>
  cli
    .command('demo')
    .description(
      'run the whole loop with simulated devices, and judge it: nothing outside a temporary folder is touched',
    )
    .option('--devices <number>', 'how many devices, 40 to 2000', '500')
    .option('--seed <number>', 'the same seed gives the same fleet', '1')
    .option('--json', 'print one JSON object instead of sentences')
    .option('--exit', 'end when the story has ended; otherwise the server goes on until Ctrl-C')
    .option('--keep', 'keep the whole folder, with the fleet and the ground truth; the evidence stays anyway')
    .option(
      '--sabotage <name>',
      'put a fault into the product on purpose: the demo must notice it and end with status 1',
    )
    .option('--sabotages', 'list the names of these faults')
    .action(async () => {
      if (!existsSync(program))
        throw new Failure('The demo belongs to the repository, not to an installation: clone it and `npm run demo`.')
      const args = process.argv.slice(process.argv.indexOf('demo') + 1)
      // The channel tells each of them when the one that started it is killed.
      const stdio = ['inherit', 'inherit', 'inherit', 'ipc'] as const
      const child = spawn(process.execPath, [fileURLToPath(program), ...args], { stdio: [...stdio] })
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
      process.once('disconnect', () => child.kill('SIGTERM'))
      const [status] = (await once(child, 'exit')) as [number | null]
      process.exitCode = status ?? 1
      if (process.connected) process.disconnect?.()
    })
