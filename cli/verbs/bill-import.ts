import { setTimeout as after } from 'node:timers/promises'
import { type Connection, call, ProblemError, type Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { type RefusalCode, refusals } from '@suture/contract/refusals.ts'
import type { Command } from 'commander'
import { asFailure, ask, connect } from '../connection.ts'
import { exitStatus, Failure } from '../failure.ts'
import { tellLeaving } from '../leaving.ts'
import { type Column, type Format, list, programName, say } from '../output.ts'
import { everyItem } from '../pages.ts'
import { patience } from '../patience.ts'
import { showProgress } from '../progress.ts'
import { sendFile } from '../upload.ts'

type BillImport = Reply<typeof contract.getBillImport>

interface Listing {
  readonly server?: string
  readonly output: Format
}

interface Options extends Listing {
  readonly manufacturer?: string
  readonly model: string
  readonly firmware: string
  readonly wait: boolean
}

const columns: readonly Column<BillImport>[] = [
  { head: 'Sent', cell: ({ startedAt }) => startedAt.toISOString() },
  { head: 'By', cell: ({ startedBy }) => startedBy },
  { head: 'Model', cell: ({ manufacturer, model }) => `${manufacturer} ${model}` },
  { head: 'Firmware', cell: ({ firmware }) => firmware },
  { head: 'State', cell: ({ state, refusal }) => (refusal ? `${state} (${refusal.code})` : state) },
  { head: 'Stored', cell: ({ components, stored }) => (components === null ? '' : `${stored} of ${components}`) },
  { head: 'Id', cell: ({ id }) => id },
]

/** The manufacturer of a model, where only one makes a model of this name. */
async function manufacturerOf(to: Connection, model: string): Promise<string> {
  const models = await everyItem((query) => ask(to, contract.listModels, { query }))
  const [found, ...others] = models.filter(({ name }) => name === model)
  if (!found) throw new Failure(`There is no model ${model}. Importing a device makes its model known.`)
  if (others.length > 0) throw new Failure(`Several manufacturers make a ${model}: give --manufacturer.`)
  return found.manufacturer
}

const howToLook = (id: string): string => `\`${programName} bill imported ${id}\` shows how far it is.`

/** Why a document became no bill, in the words of a refusal that was answered at once. */
function failureOf(to: Connection, { code, detail }: NonNullable<BillImport['refusal']>): unknown {
  const known = refusals[code as RefusalCode]
  const { says: title, remedy, status } = known ?? { says: 'The document was refused', remedy: code, status: 422 }
  return asFailure(new ProblemError({ type: '', title, remedy, status, code, detail, incident: '' }), to.base)
}

function moved({ devices, overtaken }: BillImport): string {
  if (overtaken) return 'no device got this bill: an SBOM of this version that was sent later is its bill already'
  if (devices === 0) return 'no device got another bill: none runs this version, or they have it already'
  return `${devices} ${devices === 1 ? 'device' : 'devices'} got another bill`
}

/** What became of an SBOM, or how far it is. */
function describe(seen: BillImport): string {
  const { model, firmware, state, components, stored, bill } = seen
  if (state === 'done')
    return `${model} ${firmware} has ${components} components, the firmware itself included; ${moved(seen)}.\n${bill}`
  const going = { waiting: 'waits for its turn', reading: 'is being read', storing: 'is being stored' } as const
  return `The SBOM of ${model} ${firmware} ${going[state as Doing]}${components === null ? '' : `: ${stored} of ${components} components are stored`}.`
}

function tell(to: Connection, seen: BillImport, output: Format): void {
  if (output === 'json') say(JSON.stringify(seen, undefined, 2))
  if (seen.refusal) throw failureOf(to, seen.refusal)
  if (seen.state === 'given-up')
    throw new Failure(
      'The server failed too often at this SBOM and gave it up; its log says why. Send it again once that is mended.',
      exitStatus.fault,
    )
  if (output !== 'json') say(describe(seen))
}

/** Whoever waits longer is told so, in milliseconds. */
const longPause = 60_000

/** How far an SBOM is; waited for while the server is away, and for as long as it wants not to be asked. */
async function look(to: Connection, id: string): Promise<BillImport> {
  for (const pauseAfter = patience(); ; ) {
    try {
      return await call(to, contract.getBillImport, { params: { id } })
    } catch (error) {
      const failure = asFailure(error, to.base)
      const pause = pauseAfter(error, failure, Date.now())
      if (pause === undefined) throw failure
      if (pause > longPause)
        process.stderr.write(`The server wants not to be asked for ${Math.ceil(pause / 1_000)} s.\n`)
      await after(pause)
    }
  }
}

const doing = { waiting: 'Waiting for the reader', reading: 'Reading', storing: 'Storing' } as const
type Doing = keyof typeof doing
const isUnderWay = (seen: BillImport): seen is BillImport & { readonly state: Doing } => seen.state in doing

/** Waits while an SBOM stays in one state, and shows how far it is in that; a crash of the server begins it again. */
async function during(to: Connection, first: BillImport & { readonly state: Doing }, begun: number) {
  const shown = showProgress(doing[first.state], first.components ?? 0, begun)
  try {
    let [seen, done]: [BillImport, number] = [first, 0]
    while (seen.state === first.state && seen.stored >= done) {
      shown.advance(seen.stored - done)
      done = seen.stored
      await after(250)
      seen = await look(to, first.id)
    }
    return seen
  } finally {
    shown.end()
  }
}

/** Follows an SBOM to its end; whoever goes away before, or is sent away, is told that it goes on. */
const follow = (to: Connection, first: BillImport): Promise<BillImport> =>
  tellLeaving(
    () => `The server goes on with it. ${howToLook(first.id)}`,
    async () => {
      const begun = performance.now()
      let seen = first
      while (isUnderWay(seen)) seen = await during(to, seen, begun)
      return seen
    },
  )

/** `suture bill import`, and what became of what was sent. */
export function billImports(command: Command): void {
  command
    .command('import')
    .description('take the SBOM of a firmware version, CycloneDX JSON 1.4 to 1.6, and wait until it is its bill')
    .argument('<file>', 'the SBOM')
    .requiredOption('--model <name>', 'the model')
    .requiredOption('--firmware <version>', 'the version of its firmware')
    .option('--manufacturer <name>', 'who makes the model, where several make one of this name')
    .option('--no-wait', 'print the id of the import once the server has the SBOM')
    .action(async (file: string, _options: object, self: Command) => {
      const { server, output, manufacturer, model, firmware, wait } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      const sent = await sendFile(file, async (bytes) => {
        const query = { manufacturer: manufacturer ?? (await manufacturerOf(to, model)), model, firmware }
        return ask(to, contract.importBill, { query, bytes })
      })
      if (wait) return tell(to, await follow(to, sent), output)
      say(
        output === 'json'
          ? JSON.stringify(sent, undefined, 2)
          : `The server reads it. ${howToLook(sent.id)}\n${sent.id}`,
      )
    })
  command
    .command('imports')
    .description('list the SBOMs that were sent, newest first')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Listing>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, contract.listBillImports, { query })), columns, output))
    })
  command
    .command('imported')
    .description('show how far an SBOM is, and what became of it')
    .argument('<id>', 'the import, as `suture bill imports` shows it')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Listing>()
      const to = await connect(server)
      tell(to, await ask(to, contract.getBillImport, { params: { id } }), output)
    })
}
