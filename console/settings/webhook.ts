import type { Reply } from '@suture/contract/client.ts'
import type { WebhookPause } from '@suture/contract/states.ts'
import type { listDeliveries, listWebhooks } from '@suture/contract/webhooks.ts'

export type Webhook = Reply<typeof listWebhooks>['items'][number]
export type Delivery = Reply<typeof listDeliveries>['items'][number]

/** What can be done with a webhook beside changing it. */
export type WebhookDeed = 'pause' | 'resume' | 'rotate' | 'replay' | 'remove'

export const pauseWords: Readonly<Record<WebhookPause, string>> = {
  person: 'paused by a person',
  failures: 'paused: nothing arrived for a day',
  receiver: 'paused: its receiver wants no more (410)',
  maker: 'paused: its maker may not read the record any more',
  secret: 'paused: its secret does not open here, so make a new one',
}

/** The kinds in a text that a person typed, with blanks or commas between them. */
export const kindsIn = (text: string): string[] => text.split(/[\s,]+/).filter((kind) => kind !== '')

/** What the last try came to. */
export const answerText = ({ answer }: Delivery): string =>
  answer === null ? '' : [answer.status, answer.says].filter((part) => part !== null).join(', ')
