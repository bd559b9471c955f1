import { readFile, writeFile } from 'node:fs/promises'
import type { Reply } from '@suture/contract/client.ts'
import { getSignerKeys, listSigningRequests } from '@suture/contract/signing.ts'
import { readPublicKey } from '@suture/trust/keys.ts'
import { parseSignerKeys, type SignerKeys, writeSignerKeys } from '@suture/trust/signer-keys.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

interface Member {
  readonly tenant: string
  readonly person: string
  readonly name: string
  readonly role: string
  readonly keyId: string
  readonly enrolledAt: string
  readonly revokedAt?: string | undefined
}

const columns: readonly Column<Member>[] = [
  { head: 'Name', cell: ({ name }) => name },
  { head: 'Role', cell: ({ role }) => role },
  { head: 'Key', cell: ({ keyId }) => keyId },
  { head: 'Person', cell: ({ person }) => person },
  { head: 'Tenant', cell: ({ tenant }) => tenant },
  { head: 'Enrolled', cell: ({ enrolledAt }) => enrolledAt },
  { head: 'Revoked', cell: ({ revokedAt }) => revokedAt ?? '' },
]

type Key = Reply<typeof getSignerKeys>['keys'][number]
const keyColumns: readonly Column<Key>[] = [
  { head: 'Purpose', cell: ({ purpose }) => purpose },
  { head: 'Key', cell: ({ keyId }) => keyId },
]

type Request = Reply<typeof listSigningRequests>['items'][number]
const requestColumns: readonly Column<Request>[] = [
  { head: 'Asked', cell: ({ requestedAt }) => requestedAt.toISOString() },
  { head: 'By', cell: ({ requestedBy }) => requestedBy },
  { head: 'Purpose', cell: ({ purpose }) => purpose },
  { head: 'Digest', cell: ({ digest }) => digest },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Why', cell: ({ refusal }) => refusal?.detail ?? '' },
]

/** Writes the file that offline verification takes; never over another, because whoever trusts it must notice a change. */
async function exportKeys(keys: readonly Key[], file: string): Promise<void> {
  const read = Object.fromEntries(keys.map(({ purpose, publicKey }) => [purpose, readPublicKey(publicKey)]))
  // Read back as the verifier will: the server may be another version, or lie.
  const bytes = writeSignerKeys(read as SignerKeys)
  parseSignerKeys(bytes)
  await writeFile(file, bytes, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new Failure(`${file} exists; name a new file, so that a change of keys is seen.`)
    throw error
  })
  say(`Wrote the signer’s public keys to ${file}. Compare them with the signer’s own before you trust them:`)
  say(list(keys, keyColumns, 'table'))
}

/** The ceremony of this machine's signer; its passphrase comes from where the signer finds it. */
const ceremony = async () => {
  const host = await import('@suture/server/host.ts')
  return { host, at: host.ceremonyAt(host.readConfig(process.env).SUTURE_HOME, process.env) }
}

interface Enrolment {
  readonly tenant: string
  readonly person: string
  readonly name: string
  readonly key: string
  readonly lab?: true
}

/** `suture signer …`: the signer, and whose consent it counts; the database has no say in that. */
export function signer(program: Command): Command {
  const command = program
    .command('signer')
    .description('the signer: its keys and decisions; on its own machine, whose approvals count')
  command
    .command('run')
    .description('run the signer here, in the foreground; for a signer with a user and a home of its own')
    .action(async () => {
      const { runSigner } = await import('@suture/server/host.ts')
      await runSigner()
    })
  command
    .command('keys')
    .description('the public keys that its statements are verified with, and when it was last alive')
    .option('--export <file>', 'write them to a new file, with which `suture evidence verify` works offline')
    .action(async (options: { export?: string }, self: Command) => {
      const { server, output } = self.optsWithGlobals<{ server?: string; output: Format }>()
      const { keys, lastSeen } = await ask(await connect(server), getSignerKeys, {})
      if (options.export !== undefined) return exportKeys(keys, options.export)
      say(list(keys, keyColumns, output))
      if (output === 'table') say(`Last alive: ${lastSeen?.toISOString() ?? 'unknown'}`)
    })
  command
    .command('requests')
    .description('the newest 500 things it was asked to sign, and its answers')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<{ server?: string; output: Format }>()
      const { items } = await ask(await connect(server), listSigningRequests, { query: { limit: 500 } })
      say(list(items, requestColumns, output))
    })
  command
    .command('enrol')
    .description('make a person’s key count as their approval, or a lab’s key as its verdict')
    .requiredOption('--tenant <id>', 'the tenant’s id, as `suture whoami` shows it')
    .requiredOption(
      '--person <id>',
      'the person’s id, as their `suture whoami` shows it; with --lab, who answers for the lab',
    )
    .requiredOption('--name <name>', 'how the roster calls them; with --lab, how it calls the lab')
    .requiredOption(
      '--key <file>',
      'their public key, PEM or JWK: the approval-key.pub that `suture login` makes; with --lab, what `suture lab key` prints',
    )
    .option('--lab', 'the key’s signatures count as a lab’s verdicts, and never as approvals')
    .action(async ({ tenant, person, name, key, lab }: Enrolment) => {
      const { host, at } = await ceremony()
      const publicKey = await readFile(key, 'utf8')
      const member = host.enrol(at, { tenant, person, name, publicKey, role: lab ? 'lab' : 'approver' }, new Date())
      say(`${member.name} counts as ${member.role} with the key\n  ${member.keyId}`)
    })
  command
    .command('revoke')
    .description('make a key count no longer; what was signed stays signed')
    .requiredOption('--tenant <id>', 'the tenant’s id')
    .requiredOption('--key-id <id>', 'the key, as `suture signer roster` shows it')
    .action(async ({ tenant, keyId }: { tenant: string; keyId: string }) => {
      const { host, at } = await ceremony()
      host.revoke(at, { tenant, keyId }, new Date())
      say('The key no longer counts.')
    })
  command
    .command('roster')
    .description('list who is enrolled, those who were revoked included')
    .action(async (_options: object, self: Command) => {
      const { host, at } = await ceremony()
      say(list(host.readRoster(at).members, columns, self.optsWithGlobals<{ output: Format }>().output))
    })
  return command
}
