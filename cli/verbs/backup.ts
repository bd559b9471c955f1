import type { BackupSummary } from '@suture/server/host.ts'
import { type Command, Option } from 'commander'
import { Failure } from '../failure.ts'
import { type Format, programName, say } from '../output.ts'
import { showProgress } from '../progress.ts'

/** Shows how far a backup has come, once it is known how much there is. */
function watching(what: string) {
  let shown: ReturnType<typeof showProgress> | undefined
  const watch = {
    total: (bytes: number) => {
      shown = showProgress(what, Math.max(1, bytes))
    },
    advance: (bytes: number) => shown?.advance(bytes),
  }
  return { watch, end: () => shown?.end() }
}

async function watched<T>(what: string, work: (watch: ReturnType<typeof watching>['watch']) => Promise<T>): Promise<T> {
  const { watch, end } = watching(what)
  try {
    return await work(watch)
  } finally {
    end()
  }
}

const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** What a backup holds, in a sentence for people. */
const told = (summary: BackupSummary): string =>
  [
    `made ${summary.createdAt} by Suture ${summary.suture}, schema ${summary.schema}:`,
    `${many(summary.rows, 'row')} of ${many(summary.tables, 'table')}, ${many(summary.tasks, 'waiting task')},`,
    `${many(summary.blobs, 'file')}, ${summary.withSigner ? 'with' : 'without'} the signer’s sealed files,`,
    `${Math.ceil(summary.bytes / 1024)} KiB.`,
  ].join(' ')

const outputOf = (command: Command): Format => command.optsWithGlobals<{ output: Format }>().output

function tell(command: Command, values: object, sentence: string): void {
  say(outputOf(command) === 'json' ? JSON.stringify(values, undefined, 2) : sentence)
}

/** A number of seconds from 0 to a day. */
function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!/^\d{1,6}$/.test(text) || seconds > 86_400)
    throw new Failure('--settle is a number of seconds, 86400 at the most.')
  return seconds
}

/** After a restore; whoever restores by other means says it too. */
export const settleOption = () =>
  new Option(
    '--settle <seconds>',
    'for how long after the first start no new job is given out: the longest that one of your devices takes for an update (900)',
  ).argParser(secondsOf)

/** `suture backup …`: everything that the server knows as one file, and back. */
export function backup(program: Command): Command {
  const command = program
    .command('backup')
    .description('on the server’s machine: everything that Suture knows as one file, and back')
  command
    .command('create')
    .description('back up the database and the artifacts into a new file, while the server runs')
    .argument('<file>', 'the new file; it holds personal data and hashes of secrets, and gets mode 0600')
    .option('--with-signer', 'take the signer’s sealed keys, roster and journal along; never its passphrase')
    .option('--skip-lost', 'leave out the files that the disk has lost or spoilt, and say which')
    .action(async (file: string, options: { withSigner?: true; skipLost?: true }, self: Command) => {
      const { backUp, readConfig } = await import('@suture/server/host.ts')
      const made = await watched('Backing up', (watch) => backUp(readConfig(process.env), file, options, watch))
      const lost = made.lost.map((each) => `\nLeft out, because the disk has lost it: ${each}`).join('')
      tell(
        self,
        { file, ...made },
        `Wrote ${file}, ${told(made)}\nThe SHA-256 of its manifest is ${made.digest}${lost}`,
      )
    })
  command
    .command('verify')
    .description('read a backup through and hold every part against its SHA-256; asks no server')
    .argument('<file>', 'the backup')
    .option(
      '--sha256 <digest>',
      'of the manifest, as `backup create` printed it, kept somewhere else: the backup must be that very one',
    )
    .action(async (file: string, { sha256 }: { sha256?: string }, self: Command) => {
      const { verifyBackup } = await import('@suture/server/host.ts')
      const found = await watched('Verifying', (watch) => verifyBackup(file, watch))
      if (sha256 !== undefined && sha256 !== found.digest)
        throw new Failure(
          `${file} is whole, and another backup than the one asked for: the SHA-256 of its manifest is ${found.digest}.`,
          1,
        )
      tell(self, { file, ...found }, `${file} is whole, ${told(found)}\nThe SHA-256 of its manifest is ${found.digest}`)
    })
  addRestore(command)
  return command
}

function addRestore(command: Command): void {
  command
    .command('restore')
    .description('restore a backup into an empty database and home, while no server runs')
    .argument('<file>', 'the backup')
    .addOption(settleOption())
    .action(async (file: string, { settle }: { settle?: number }, self: Command) => {
      const { readConfig, restore } = await import('@suture/server/host.ts')
      const done = await watched('Restoring', (watch) =>
        restore(readConfig(process.env), file, { settleSeconds: settle, watch }),
      )
      const { summary, epoch, settleSeconds, hasSigner } = done
      const signer = hasSigner
        ? ''
        : '\nThe signer’s home is not here. Put it back before the server starts, or it makes new keys, and what the old ones signed counts no longer.'
      tell(
        self,
        { file, ...summary, epoch, settleSeconds, hasSigner },
        `Restored ${file}, ${told(summary)}\nEverybody signs in again. No device gets anything before it has told what it runs, and for ${settleSeconds} seconds after the server’s start nobody new gets a job. \`${programName} serve\` starts the server.${signer}`,
      )
    })
}
