import { readFile } from 'node:fs/promises'
import type { Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/releases.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'

type Key = Reply<typeof contract.addVendorKey>
interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Key>[] = [
  { head: 'Manufacturer', cell: ({ manufacturer }) => manufacturer },
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Key', cell: ({ keyId }) => keyId },
  { head: 'Added by', cell: ({ createdBy }) => createdBy },
  { head: 'Revoked', cell: ({ revokedAt }) => revokedAt?.toISOString() ?? '' },
  { head: 'Id', cell: ({ id }) => id },
]

/** `suture vendor-key …`: whose signatures under an artifact count as a manufacturer’s. */
export function vendorKey(program: Command): Command {
  const command = program.command('vendor-key').description('the keys that manufacturers sign their firmware with')
  command
    .command('list')
    .description('list the keys, the revoked ones included')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const { items } = await ask(await connect(server), contract.listVendorKeys, { query: { limit: 500 } })
      say(list(items, columns, output))
    })
  command
    .command('add')
    .description('make the signatures of a key count as its manufacturer’s')
    .argument('<file>', 'the public key, PEM or JWK, as the manufacturer gave it to you')
    .requiredOption('--manufacturer <name>', 'the manufacturer, spelled as in the inventory')
    .requiredOption('--name <name>', 'which key it is, for people')
    .action(async (file: string, _options: object, self: Command) => {
      const { server, manufacturer, name } = self.optsWithGlobals<Options & { manufacturer: string; name: string }>()
      const publicKey = await readFile(file, 'utf8')
      const key = await ask(await connect(server), contract.addVendorKey, { body: { manufacturer, name, publicKey } })
      say(`What this key signs counts as ${key.manufacturer}’s:\n  ${key.keyId}`)
    })
  command
    .command('revoke')
    .description('make a key count no longer; nothing that it alone signed is published after this')
    .argument('<id>', 'the id that `suture vendor-key list` shows')
    .action(async (id: string, _options: object, self: Command) => {
      const { server } = self.optsWithGlobals<Options>()
      const key = await ask(await connect(server), contract.revokeVendorKey, { params: { id } })
      say(`${key.name} of ${key.manufacturer} no longer counts.`)
    })
  return command
}
