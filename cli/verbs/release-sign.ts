import { sign } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import {
  newSigningKey,
  publicHalf,
  publicPem,
  readSigningKey,
  type SigningKey,
  signingPem,
} from '@suture/trust/keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Command } from 'commander'
import { Failure } from '../failure.ts'
import { say } from '../output.ts'

/** A new key in a file that nobody else reads; a file that is there already is never written over. */
async function makeKey(file: string): Promise<SigningKey> {
  const key = newSigningKey()
  try {
    await writeFile(file, signingPem(key), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Failure(`${file} is there already; leave out --new-key to sign with it.`)
  }
  await writeFile(`${file}.pub`, publicPem(publicHalf(key)), { mode: 0o644 })
  return key
}

async function readKey(file: string): Promise<SigningKey> {
  try {
    return readSigningKey(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof VerificationError)
      throw new Failure(`${file} is no Ed25519 private key in PEM form; --new-key makes one.`)
    throw error
  }
}

/** `suture release sign`: the manufacturer’s side, offline; no server takes part. */
export const signFile = (command: Command): Command =>
  command
    .command('sign')
    .description('as the manufacturer: sign a firmware file offline; writes FILE.sig')
    .argument('<file>', 'the firmware file')
    .requiredOption('--key <file>', 'the manufacturer’s private key')
    .option('--new-key', 'make the key first, and its public half beside it as KEY.pub')
    .action(async (file: string, { key: keyFile, newKey }: { key: string; newKey?: true }) => {
      const bytes = await readFile(file)
      const key = newKey ? await makeKey(keyFile) : await readKey(keyFile)
      await writeFile(`${file}.sig`, `${sign(null, bytes, key.key).toString('base64')}\n`)
      if (newKey) say(`The key is ${keyFile}; whoever is to believe it gets ${keyFile}.pub.`)
      say(`Signed. Send ${file} and ${file}.sig.`)
    })
