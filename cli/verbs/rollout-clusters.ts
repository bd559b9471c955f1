import { revisionText } from '@suture/contract/cautions.ts'
import type { Connection } from '@suture/contract/client.ts'
import { type Cluster, causeText, holdTexts, leftOutTexts, retryText } from '@suture/contract/cluster-words.ts'
import * as contract from '@suture/contract/clusters.ts'
import { devicesInWords } from '@suture/contract/device-action-words.ts'
import type { Command } from 'commander'
import { ask, connect } from '../connection.ts'
import { Failure } from '../failure.ts'
import { type Column, type Format, list, say } from '../output.ts'

interface Options {
  readonly server?: string
  readonly output: Format
}

const columns: readonly Column<Cluster>[] = [
  { head: 'Cluster', cell: ({ key }) => key },
  { head: 'Devices', cell: ({ devices }) => String(devices) },
  { head: 'May be tried again', cell: ({ mayRetry }) => String(mayRetry) },
  { head: 'Model and revision', cell: revisionText },
  { head: 'Why', cell: causeText },
]

const clustersOf = async (to: Connection, id: string): Promise<readonly Cluster[]> =>
  (await ask(to, contract.listClusters, { params: { id } })).items

async function find(to: Connection, id: string, key: string): Promise<Cluster> {
  const found = (await clustersOf(to, id)).find((each) => each.key === key)
  if (!found)
    throw new Failure(`The rollout has no failures ${key}. \`suture rollout clusters ${id}\` shows what it has.`)
  return found
}

/** `suture rollout clusters | retry | hold`: why devices failed, and what is done about it. */
export function addClusters(command: Command): void {
  command
    .command('clusters')
    .description('list the failures of a rollout by cause and revision')
    .argument('<rollout>', 'the rollout')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output } = self.optsWithGlobals<Options>()
      say(list(await clustersOf(await connect(server), id), columns, output))
    })
  addRetry(command)
  addHold(command)
}

function addRetry(command: Command): void {
  command
    .command('retry')
    .description('have the devices of a cluster tried again; without --expect nothing is done but told')
    .argument('<rollout>', 'the rollout')
    .requiredOption('--cluster <key>', 'the failures, by the key that `suture rollout clusters` shows')
    .option('--expect <count>', 'do it, where exactly so many devices would be tried again')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, cluster, expect } = self.optsWithGlobals<Options & { cluster: string; expect?: string }>()
      const to = await connect(server)
      if (expect !== undefined) {
        const body = { cluster, expect: Number(expect) }
        const done = await ask(to, contract.retryCluster, { params: { id }, body })
        return say(output === 'json' ? JSON.stringify(done) : `${devicesInWords(done.devices)} may try again.`)
      }
      const found = await find(to, id, cluster)
      if (output === 'json') return say(JSON.stringify(found, undefined, 2))
      say([retryText(found), ...leftOutTexts(found).map((text) => `  ${text}`)].join('\n'))
      if (found.mayRetry > 0) say(`Nothing was done. To do it, add --expect ${found.mayRetry}.`)
    })
}

function addHold(command: Command): void {
  command
    .command('hold')
    .description(
      'leave the revision of a cluster out of the rest of a rollout; without --reason nothing is done but told',
    )
    .argument('<rollout>', 'the rollout')
    .requiredOption('--cluster <key>', 'the failures, by the key that `suture rollout clusters` shows')
    .option('--reason <text>', 'do it, for this reason, which everybody sees')
    .action(async (id: string, _options: object, self: Command) => {
      const { server, output, cluster, reason } = self.optsWithGlobals<Options & { cluster: string; reason?: string }>()
      const to = await connect(server)
      if (reason !== undefined) {
        const done = await ask(to, contract.holdCluster, { params: { id }, body: { cluster, reason } })
        const text = `Held: ${devicesInWords(done.waiting)} left out, ${devicesInWords(done.recalled)} called back.`
        return say(output === 'json' ? JSON.stringify(done) : text)
      }
      const found = await find(to, id, cluster)
      if (output === 'json') return say(JSON.stringify(found, undefined, 2))
      const texts = holdTexts(found)
      say(texts.join('\n') || 'The revision is left out already, or the rollout is over.')
      if (texts.length > 0) say('Nothing was done. To do it, add --reason.')
    })
}
