import type { z } from 'zod'
import { revisionText } from './cautions.ts'
import type { listClusters } from './clusters.ts'
import { devicesInWords } from './device-action-words.ts'
import { jobReasons } from './reasons.ts'

export type Cluster = z.output<typeof listClusters.reply>['items'][number]

/** Why the devices of a cluster failed, as far as that was told. */
export const causeText = ({ class: reason }: Pick<Cluster, 'class'>): string =>
  reason === null ? 'No reason was told' : jobReasons[reason]

/** What a retry would do. */
export const retryText = ({ mayRetry }: Pick<Cluster, 'mayRetry'>): string =>
  mayRetry === 0
    ? 'Nobody of it may be tried again now.'
    : `${devicesInWords(mayRetry)} would be tried again: each gets one more job when it next asks. Their wave stays judged by the first try.`

/** Those whom a retry would leave out, a line for each reason. */
export const leftOutTexts = ({ excluded }: Pick<Cluster, 'excluded'>): readonly string[] =>
  excluded.map(({ says, devices }) => `${devicesInWords(devices)}: ${says}.`)

/** What a hold would do. */
export function holdTexts(cluster: Cluster): readonly string[] {
  const { hold } = cluster
  if (hold === null) return []
  return [
    `${revisionText(cluster)} would be left out of the rest of the rollout, for good: nobody of it is offered anything or tried again. What became of it so far still counts.`,
    `${devicesInWords(hold.waiting)} would not be waited for any more.`,
    ...(hold.recalled > 0
      ? [
          `${devicesInWords(hold.recalled)} that ${hold.recalled === 1 ? 'has' : 'have'} not begun to write would be called back.`,
        ]
      : []),
  ]
}
