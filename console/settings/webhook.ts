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

/** What can be said of a webhook, as a person types it. */
export interface WebhookForm {
  readonly name: string
  readonly url: string
  readonly kinds: string
}

type Told = Pick<Webhook, 'name' | 'url' | 'kinds'>

/** A webhook with what somebody typed over it. */
export const formOf = ({ name, url, kinds }: Told, typed: Partial<WebhookForm>): WebhookForm => ({
  ...{ name, url, kinds: kinds.join(' ') },
  ...typed,
})

/** What somebody changed of a webhook; of the rest nothing is said, and so it stays as others have it meanwhile. */
export function changesOf(seen: Told, typed: Partial<WebhookForm>) {
  const { name, url, kinds } = formOf(seen, typed)
  const named = kindsIn(kinds)
  return {
    ...(name === seen.name ? {} : { name }),
    ...(url === seen.url ? {} : { url }),
    ...(named.join(' ') === seen.kinds.join(' ') ? {} : { kinds: named }),
  }
}

/** What the last try came to. */
export const answerText = ({ answer }: Delivery): string =>
  answer === null ? '' : [answer.status, answer.says].filter((part) => part !== null).join(', ')
