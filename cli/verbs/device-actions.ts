import { setTimeout as after } from 'node:timers/promises'
import type { Connection, Reply } from '@suture/contract/client.ts'
import { actionWords, devicesInWords, exclusionWords } from '@suture/contract/device-action-words.ts'
import * as contract from '@suture/contract/device-actions.ts'
import { deviceFields } from '@suture/contract/device-fields.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Column, type Format, list, say } from '../output.ts'
import { everyItem } from '../pages.ts'
import { showProgress } from '../progress.ts'
import { readableQuery } from '../query.ts'

type DeviceAction = Reply<typeof contract.getDeviceAction>

interface Options {
  readonly server?: string
  readonly output: Format
}

/** How devices are meant by a query, and how whoever types says that they have seen what it would do. */
export interface ManyOptions {
  readonly query?: string
  readonly dryRun?: boolean
  readonly expect?: string
}

export const meaningMany = (command: Command): Command =>
  command
    .option('-q, --query <query>', 'all devices that fit; without --expect nothing is done but told')
    .option('--dry-run', 'only tell what would be done; what happens without --expect anyway')
    .option('--expect <count>', 'do it, where it would be done to exactly so many devices')

const columns: readonly Column<DeviceAction>[] = [
  { head: 'Action', cell: ({ kind, site }) => (site === null ? kind : `${kind} to ${site}`) },
  { head: 'State', cell: ({ state }) => state },
  { head: 'Done', cell: ({ done }) => String(done) },
  { head: 'Left', cell: ({ left }) => String(left) },
  { head: 'Excluded', cell: ({ devices, done, left }) => String(devices - done - left) },
  { head: 'Query', cell: ({ q }) => q ?? '' },
  { head: 'By', cell: ({ draftedBy }) => draftedBy },
  { head: 'Begun', cell: ({ beginsAt }) => beginsAt?.toISOString() ?? '' },
  { head: 'Id', cell: ({ id }) => id },
]

const reasonsOf = ({ excluded }: DeviceAction): readonly string[] =>
  excluded.map(({ reason, devices }) => `  ${devicesInWords(devices)}: ${exclusionWords[reason]}`)

function told(action: DeviceAction): string {
  const { kind, state, done, left } = action
  const { verb, past } = actionWords[kind]
  const head =
    state === 'draft'
      ? `${verb}: would be done to ${devicesInWords(left)}. Nothing was done.`
      : `${verb}: ${devicesInWords(done)} ${past}${left > 0 ? `, ${devicesInWords(left)} left` : ''} (${state}).`
  const reasons = reasonsOf(action)
  return [head, ...(reasons.length > 0 ? ['Left as they are:', ...reasons] : [])].join('\n')
}

const tell = (action: DeviceAction, output: Format): void =>
  say(output === 'json' ? JSON.stringify(action, undefined, 2) : told(action))

/** Waits for the end of an action, which goes on without us. */
async function follow(to: Connection, first: DeviceAction): Promise<DeviceAction> {
  const shown = showProgress('Devices', first.left, performance.now())
  try {
    let seen = first
    while (seen.endedAt === null) {
      await after(250)
      const next = await ask(to, contract.getDeviceAction, { params: { id: first.id } })
      shown.advance(next.done - seen.done)
      seen = next
    }
    return seen
  } finally {
    shown.end()
  }
}

/** Tells what an action would do to all devices that fit a query, and does it where the count is the expected one. */
export async function actOnMany(
  to: Connection,
  what: { readonly kind: contract.DeviceActionKind; readonly site?: string },
  { query, expect, output, dryRun }: ManyOptions & Options & { readonly query: string; readonly dryRun?: boolean },
): Promise<void> {
  const q = readableQuery(query, deviceFields)
  const draft = await ask(to, contract.draftDeviceAction, { body: { ...what, q } })
  if (expect === undefined || dryRun) {
    tell(draft, output)
    if (output !== 'json' && draft.left > 0) say(`To do it, add --expect ${draft.left}.`)
    return
  }
  const params = { id: draft.id }
  const started = await ask(to, contract.startDeviceAction, { params, body: { expect: Number(expect) } })
  tell(await follow(to, started), output)
}

/** `suture device action …`: what was done to many devices at once. */
export function deviceActions(program: Command): void {
  const command = program.command('action').description('what was done to many devices at once')
  command
    .command('list')
    .description('list the actions that were started, newest first')
    .action(async (_options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      const to = await connect(server)
      say(list(await everyItem((query) => ask(to, contract.listDeviceActions, { query })), columns, output))
    })
  command
    .command('show')
    .description('show how far one has come, and why it left devices as they are')
    .argument('<id>', 'the action')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      tell(await ask(await connect(server), contract.getDeviceAction, { params: { id } }), output)
    })
  command
    .command('stop')
    .description('have one touch no device more; what it did is not undone')
    .argument('<id>', 'the action')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      tell(await ask(await connect(server), contract.stopDeviceAction, { params: { id } }), output)
    })
}
