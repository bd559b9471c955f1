import type { Reply } from '@suture/contract/client.ts'
import { explainUpdate } from '@suture/contract/deployment.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { type UpdateGate, updateGates } from '@suture/contract/update-gates.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { type Format, say } from '../output.ts'
import { idOf } from './device-id.ts'

/** What the device passed, in order, and what it did not. */
function gatesOf(stop: UpdateGate, isDone: boolean): string[] {
  const names = Object.keys(updateGates) as UpdateGate[]
  const at = names.indexOf(stop)
  return names.map((name, no) => `  ${no < at ? '✓' : no === at ? (isDone ? '✓' : '→') : '·'} ${updateGates[name]}`)
}

function described({ firmware, wanted, rollout, stop, wave }: Reply<typeof explainUpdate>): string {
  const isDone = stop.code === 'verified' || stop.code === 'up-to-date'
  return [
    `It runs ${firmware}${wanted === null || wanted === firmware ? '' : `; ${wanted} is for it`}.`,
    ...(rollout ? [`Rollout ${rollout.name}, ${rollout.state}: ${rollout.id}`] : []),
    ...gatesOf(stop.gate, isDone),
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
