import type { Reply } from '@suture/contract/client.ts'
import { explainUpdate } from '@suture/contract/deployment.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { gatesOf, updateGates } from '@suture/contract/update-gates.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Format, say } from '../output.ts'
import { idOf } from './device-id.ts'

const marks = {
  passed: '✓',
  done: '✓',
  blocked: '→',
  waits: '→',
  unknown: '·',
} as const

/** Every gate in order, and how the device stands to it. */
const listed = (told: Reply<typeof explainUpdate>): string[] =>
  gatesOf(told).map(({ gate, is }) => `  ${marks[is]} ${updateGates[gate]}${is === 'unknown' ? ': not looked at' : ''}`)

/** The answer as people read it. */
export function described(told: Reply<typeof explainUpdate>): string {
  const { firmware, wanted, rollout, stop, wave } = told
  return [
    `It runs ${firmware}${wanted === null || wanted === firmware ? '' : `; ${wanted} is for it`}.`,
    ...(rollout ? [`Rollout ${rollout.name}, ${rollout.state}: ${rollout.id}`] : []),
    ...listed(told),
    `${stop.says}.${stop.remedy === null ? '' : ` ${stop.remedy}.`}`,
    ...(wave ? [`The open wave: ${reasonText(wave)}.`] : []),
  ].join('\n')
}

/** `suture device why`: what a device has to pass before it runs another version, and what it does not. */
export const whyNot = (command: Command): Command =>
  command
    .command('why')
    .description('say why a device does not update: what it passed, and the first thing that it did not')
    .argument('<device>', 'its id, serial or name')
    .action(async (named: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<{ readonly server?: string; readonly output: Format }>()
      const to = await connect(server)
      const told = await ask(to, explainUpdate, { params: { id: await idOf(to, named) } })
      say(output === 'json' ? JSON.stringify(told, undefined, 2) : described(told))
    })
