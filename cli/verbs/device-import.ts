import { extname } from 'node:path'
import { type Connection, call, ProblemError } from '@suture/contract/client.ts'
import { type Listed, refusedRows } from '@suture/contract/device-file.ts'
import * as contract from '@suture/contract/inventory.ts'
import { type Command, Option } from 'commander'
import { asFailure, connect } from '../connection.ts'
import { readDevices, refuseFile } from '../device-file.ts'
import { exitStatus, Failure } from '../failure.ts'
import { tellLeaving } from '../leaving.ts'
import { type Format, say } from '../output.ts'
import { showProgress } from '../progress.ts'

/** So many devices go into one request: each answers well within a second or two. */
const atOnce = 2_000

interface Counts {
  readonly created: number
  readonly changed: number
  readonly unchanged: number
}

interface Tried extends Counts {
  readonly faults: readonly string[]
}

const sum = (a: Counts, b: Counts): Counts => ({
  created: a.created + b.created,
  changed: a.changed + b.changed,
  unchanged: a.unchanged + b.unchanged,
})
const none: Counts = { created: 0, changed: 0, unchanged: 0 }

const chunksOf = (listed: readonly Listed[]): (readonly Listed[])[] =>
  Array.from({ length: Math.ceil(listed.length / atOnce) }, (_, n) => listed.slice(n * atOnce, (n + 1) * atOnce))

/** Sends one chunk; faults of its rows are told, everything else that goes wrong is thrown. */
async function send(to: Connection, chunk: readonly Listed[], dryRun: boolean): Promise<Tried> {
  try {
    const body = { devices: chunk.map(({ row }) => row), dryRun }
    return { ...(await call(to, contract.importDevices, { body })), faults: [] }
  } catch (error) {
    const faults = error instanceof ProblemError ? refusedRows(error.problem, chunk) : undefined
    if (!faults) throw asFailure(error, to.base)
    return { ...none, faults }
  }
}

/** Tries every chunk before any is imported, so that a file with a fault in its last line changes nothing. */
async function tryAll(
  to: Connection,
  file: string,
  chunks: readonly (readonly Listed[])[],
  advance: (by: number) => void,
) {
  let counts = none
  const faults: string[] = []
  for (const chunk of chunks) {
    const tried = await send(to, chunk, true)
    counts = sum(counts, tried)
    faults.push(...tried.faults)
    advance(chunk.length)
  }
  if (faults.length > 0) refuseFile(file, faults, exitStatus.refused)
  return counts
}

/** Imports chunk after chunk, each whole or not at all; what is in when this ends too early stays in. */
function importAll(to: Connection, chunks: readonly (readonly Listed[])[], advance: (by: number) => void) {
  let [counts, done] = [none, 0]
  const total = chunks.reduce((all, { length }) => all + length, 0)
  const told = () =>
    `${done} of ${total} rows are in${done < total ? `, and those up to ${Math.min(total, done + atOnce)} perhaps` : ''}. Import the file again: what is in is left as it is.`
  return tellLeaving(told, async () => {
    for (const chunk of chunks) {
      const sent = await send(to, chunk, false)
      if (sent.faults.length > 0)
        throw new Failure(`Somebody changed the inventory meanwhile: ${sent.faults[0]}.`, exitStatus.refused)
      counts = sum(counts, sent)
      done += chunk.length
      advance(chunk.length)
    }
    return counts
  })
}

interface Options {
  readonly server?: string
  readonly output: Format
  readonly dryRun?: true
  readonly format?: 'csv' | 'json'
}

const formatOf = (file: string, given: 'csv' | 'json' | undefined): 'csv' | 'json' => {
  const format = given ?? { '.csv': 'csv' as const, '.json': 'json' as const }[extname(file).toLowerCase()]
  if (!format) throw new Failure(`${file} ends neither in .csv nor in .json: give --format.`)
  return format
}

/** `suture device import`: what a file lists, once all of it was tried. */
export const importDevices = (command: Command): Command =>
  command
    .command('import')
    .description(
      'import devices from CSV (the names of the fields are the headings) or JSON; all of it is tried before any',
    )
    .argument('<file>', 'the list')
    .option('--dry-run', 'say what would happen, and change nothing')
    .addOption(new Option('--format <format>', 'what the file is').choices(['csv', 'json']))
    .action(async (file: string, _options: object, self: Command) => {
      const { server, output, dryRun, format } = self.optsWithGlobals<Options>()
      const listed = await readDevices(file, formatOf(file, format))
      const to = await connect(server)
      const chunks = chunksOf(listed)
      const progress = showProgress(dryRun ? 'Trying' : 'Importing', listed.length * (dryRun ? 1 : 2))
      try {
        const tried = await tryAll(to, file, chunks, progress.advance)
        const counts = dryRun ? tried : await importAll(to, chunks, progress.advance)
        say(output === 'json' ? JSON.stringify({ dryRun: dryRun ?? false, ...counts }) : inWords(counts, dryRun))
      } finally {
        progress.end()
      }
    })

const inWords = ({ created, changed, unchanged }: Counts, dryRun: true | undefined): string =>
  dryRun
    ? `${created} devices would be created, ${changed} changed, ${unchanged} are as they are listed.`
    : `${created} devices created, ${changed} changed, ${unchanged} were as they are listed.`
