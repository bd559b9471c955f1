import type { Reply } from '@suture/contract/client.ts'
import { listFeeds } from '@suture/contract/intelligence.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { exitStatus, Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Feed = Reply<typeof listFeeds>['items'][number]

const columns: readonly Column<Feed>[] = [
  { head: 'Source', cell: ({ source }) => source.name },
  { head: 'As of', cell: ({ retrievedAt }) => retrievedAt.toISOString().slice(0, 10) },
  { head: 'Taken in', cell: ({ importedAt }) => importedAt.toISOString() },
  { head: 'Vulnerabilities', cell: ({ vulnerabilities }) => String(vulnerabilities) },
  { head: 'In force', cell: ({ inForce }) => String(inForce) },
  { head: 'Products', cell: ({ products }) => String(products) },
]

/** How long the server on this machine may take for one file. */
const patienceMs = 120_000

async function importFiles(files: readonly string[], wait: boolean): Promise<void> {
  const { importFeeds, readConfig } = await import('@suture/server/host.ts')
  const outcomes = await importFeeds(readConfig(process.env), files, wait ? patienceMs : 0)
  if (!wait) return say('The server takes the files in as soon as it looks; `suture feed list` shows them.')
  for (const { file, outcome } of outcomes)
    say(
      `${file}: ${outcome ? `${outcome.isRefused ? 'refused. ' : ''}${outcome.note}` : 'no server has looked at it yet'}`,
    )
  if (outcomes.some(({ outcome }) => outcome?.isRefused))
    throw new Failure('Not every file was taken in.', exitStatus.refused)
  if (outcomes.some(({ outcome }) => outcome === undefined))
    throw new Failure('`suture serve` takes in what waits, as soon as it runs.', exitStatus.unreachable)
}

/** `suture feed …`: the documents of public facts. */
export function feed(program: Command): Command {
  const command = program.command('feed').description('documents of public facts about vulnerabilities')
  command
    .command('list')
    .description('list the documents, newest first: their sources and how old they are')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<{ server?: string; output: Format }>()
      const { items } = await ask(await connect(server), listFeeds, { query: { limit: 500 } })
      say(list(items, columns, output))
    })
  command
    .command('import')
    .description('on the server’s machine: hand files of facts to the server, and wait until it has taken them in')
    .argument('<file...>', 'JSON in the format suture.knowledge.v1')
    .option('--no-wait', 'do not wait')
    .action(async (files: string[], { wait }: { wait: boolean }) => importFiles(files, wait))
  return command
}
