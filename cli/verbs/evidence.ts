import { createReadStream } from 'node:fs'
import { FailedCheck, type PassedCheck, type VerifiedPack, verifyEvidencePack } from '@suture/trust/evidence-pack.ts'
import { maxPackBytes } from '@suture/trust/pack-file.ts'
import { maxSignerKeysBytes, parseSignerKeys, type SignerKeys } from '@suture/trust/signer-keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Command } from 'commander'
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
  return command
}
