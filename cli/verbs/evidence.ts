import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import type { Connection, Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/compliance.ts'
import { FailedCheck, type PassedCheck, type VerifiedPack, verifyEvidencePack } from '@suture/trust/evidence-pack.ts'
import { type EvidencePack, maxPackBytes, packParts } from '@suture/trust/pack-file.ts'
import { maxSignerKeysBytes, parseSignerKeys, type SignerKeys } from '@suture/trust/signer-keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { exitStatus, Failure } from '../failure.ts'
import { type Column, type Format, list, programName, say } from '../output.ts'

/** One check as it is printed: those that passed, and the one that did not. */
interface Line {
  readonly check: string
  readonly passed: boolean
  readonly detail: string
}

const columns: readonly Column<Line>[] = [
  { head: 'Check', cell: ({ check }) => check },
  { head: 'Passed', cell: ({ passed }) => (passed ? 'yes' : 'no') },
  { head: 'Detail', cell: ({ detail }) => detail },
]

/** The bytes of a file, or one byte more than `max` of them: nobody is made to read a file without end. */
async function readUpTo(path: string, max: number): Promise<Buffer> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of createReadStream(path, { end: max })) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}.`)
  }
}

/** Where the public keys come from is what all trust in a pack hangs on, so it is never guessed. */
async function readKeys(path: string | undefined): Promise<SignerKeys> {
  const source = `\`${programName} signer keys --export FILE\` writes it, on the signer’s machine it is signer/public.json in Suture’s home; take it from somewhere else than the pack.`
  if (path === undefined) throw new Failure(`--keys must name the file of the signer’s public keys: ${source}`)
  try {
    return parseSignerKeys(await readUpTo(path, maxSignerKeysBytes))
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    throw new Failure(`${path} does not hold a signer’s public keys: ${error.message} ${source}`)
  }
}

const asLine = ({ check, detail }: PassedCheck): Line => ({ check, passed: true, detail })
const tick = ({ check, passed, detail }: Line): string => `${passed ? '✓' : '✗'} ${check.padEnd(9)}  ${detail}`

/** Verifies, and prints each check of a table as soon as its outcome is known. */
function verify(bytes: Buffer, keys: SignerKeys, output: Format): VerifiedPack {
  const lines: Line[] = []
  const tell = (line: Line) => {
    lines.push(line)
    if (output === 'table') say(tick(line))
  }
  try {
    return verifyEvidencePack(bytes, keys, { maxBytes: maxPackBytes, passed: (check) => tell(asLine(check)) })
  } catch (error) {
    if (!(error instanceof FailedCheck)) throw error
    tell({ check: error.check, passed: false, detail: error.why })
    if (output === 'json') say(JSON.stringify({ verified: false, checks: lines }, undefined, 2))
    if (output === 'csv') say(list(lines, columns, output))
    throw new Failure(
      `The pack proves nothing: its check “${error.check}” failed. ${error.why} Get the file again from where it was made; if the check fails again, treat the pack as forged, and make sure that the keys are those of its signer.`,
      exitStatus.refused,
    )
  }
}

function conclude({ document, checks }: VerifiedPack, output: Format): void {
  const lines = checks.map(asLine)
  if (output === 'json') say(JSON.stringify({ verified: true, statement: document, checks: lines }, undefined, 2))
  else if (output === 'csv') say(list(lines, columns, output))
  else
    say(
      `Verified with the signer’s keys: ${document.results.devices} devices. Who approved what is proven; that the results are what the devices did is the word of the server that observed them.`,
    )
}

/** `suture evidence …`: proof of how a rollout ended, which stands without the server. */
export function evidence(program: Command): Command {
  const command = program
    .command('evidence')
    .description('proof of how a rollout ended, which stands without the server')
  command
    .command('verify')
    .description('check an evidence pack with the signer’s public keys alone; asks no server')
    .argument('<file>', 'the pack')
    .option('--keys <file>', 'the signer’s public keys; `suture signer keys --export FILE` writes them')
    .action(async (file: string, { keys }: { keys?: string }, self: Command) => {
      const { output } = self.optsWithGlobals<{ output: Format }>()
      const trusted = await readKeys(keys)
      conclude(verify(await readUpTo(file, maxPackBytes), trusted, output), output)
    })
  addPacking(command)
  return command
}

type Evidence = Reply<typeof contract.getEvidence>
const evidenceColumns: readonly Column<Evidence>[] = [
  { head: 'Made', cell: ({ createdAt }) => createdAt.toISOString() },
  { head: 'Rollout', cell: ({ rollout }) => rollout },
  { head: 'State', cell: ({ state }) => state },
  { head: 'By', cell: ({ createdBy }) => createdBy },
  { head: 'Id', cell: ({ id }) => id },
]

/** How long the signer may take, in milliseconds. */
const patienceMs = 60_000

/** Waits until the signer has decided about evidence; what it refused is a failure that says why. */
async function signed(to: Connection, packed: Evidence): Promise<Evidence> {
  const until = Date.now() + patienceMs
  let now = packed
  while (now.state === 'requested') {
    if (Date.now() > until)
      throw new Failure(
        `The signer has not decided within ${patienceMs / 1000} seconds. Is it running? \`${programName} signer keys\` says when it was last alive.`,
        exitStatus.refused,
      )
    await after(200)
    now = await ask(to, contract.getEvidence, { params: { id: packed.id } })
  }
  if (now.state === 'refused')
    throw new Failure(
      `The signer refused to sign this evidence: ${now.refusal} Pack it again once that is mended.`,
      exitStatus.refused,
    )
  return now
}

/** Writes a pack as a new file; an older proof is never overwritten. */
async function writePack(path: string, pack: EvidencePack): Promise<void> {
  try {
    await writeFile(path, packParts(pack), { flag: 'wx', mode: 0o644 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Failure(`${path} is there already, and evidence is never overwritten: name another file.`)
  }
}

function addPacking(command: Command): void {
  command
    .command('pack')
    .description('have the evidence of a rollout that is over signed, and write the pack to a file')
    .argument('<rollout>', 'the rollout')
    .option('--out <file>', 'the file; by default evidence-ROLLOUT.json')
    .action(async (rollout: string, _options: object, self: Command) => {
      const { server, out, output } = self.optsWithGlobals<{ server?: string; out?: string; output: Format }>()
      const to = await connect(server)
      const packed = await signed(to, await ask(to, contract.packEvidence, { params: { rollout } }))
      const pack = await ask(to, contract.getEvidencePack, { params: { id: packed.id } })
      const file = out ?? `evidence-${rollout}.json`
      await writePack(file, pack as unknown as EvidencePack)
      if (output === 'json') say(JSON.stringify({ ...packed, file }, undefined, 2))
      else say(`Signed and written to ${file}. \`${programName} evidence verify ${file} --keys FILE\` needs no server.`)
    })
  command
    .command('list')
    .description('list the newest 500 packs')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<{ server?: string; output: Format }>()
      const { items } = await ask(await connect(server), contract.listEvidence, { query: { limit: 500 } })
      say(list(items, evidenceColumns, output))
    })
}
