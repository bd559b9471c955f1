import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/releases.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { sendFile } from '../upload.ts'

type Artifact = Reply<typeof contract.uploadArtifact>
interface Options {
  readonly server?: string
  readonly output: Format
}

const signedBy = ({ signatures }: Artifact): string =>
  [
    ...new Set(
      signatures.map(({ manufacturer, revokedAt }) => (revokedAt ? `${manufacturer} (revoked)` : manufacturer)),
    ),
  ].join(', ')

const columns: readonly Column<Artifact>[] = [
  { head: 'File', cell: ({ fileName }) => fileName },
  { head: 'Bytes', cell: ({ length }) => String(length) },
  { head: 'Signed by', cell: signedBy },
  { head: 'Uploaded', cell: ({ uploadedAt }) => uploadedAt.toISOString() },
  { head: 'SHA-256', cell: ({ sha256 }) => sha256 },
]

/** `suture artifact …`: the bytes that devices install. */
export function artifact(program: Command): Command {
  const command = program.command('artifact').description('firmware files, each signed by its manufacturer')
  command
    .command('list')
    .description('list the newest 500 artifacts')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), contract.listArtifacts, { query: { limit: 500 } })
      say(list(items, columns, output))
    })
  command
    .command('upload')
    .description('store a firmware file, if the manufacturer signed exactly these bytes')
    .argument('<file>', 'the file')
    .requiredOption('--signature <file>', 'the detached signature, base64 of 64 bytes, that came with it')
    .action(async (file: string, _options: object, self: Command) => {
      const { server, output, signature } = self.optsWithGlobals<Options & { signature: string }>()
      const to = await connect(server)
      const query = { fileName: basename(file), signature: (await readFile(signature, 'utf8')).trim() }
      const stored = await sendFile(file, (bytes) => ask(to, contract.uploadArtifact, { query, bytes }))
      if (output === 'json') return say(JSON.stringify(stored, undefined, 2))
      say(`${stored.fileName} is stored; ${signedBy(stored)} signed it.\n  ${stored.sha256}`)
    })
  return command
}
