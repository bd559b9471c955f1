import { createHmac } from 'node:crypto'

/** What happened, as the record has it. */
export interface Fact {
  /** What tells it from every other event of its tenant. */
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly at: Date
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  readonly detail: Readonly<Record<string, unknown>>
}

/**
 * An event as it is sent: CloudEvents 1.0 in the JSON format. The same event makes the same bytes in every try.
 * @param tenant its UUID
 */
export const cloudEvent = (tenant: string, { id, kind, subject, at, actor, detail }: Fact): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: `urn:uuid:${tenant}`,
    type: `suture.${kind}`,
    subject,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data: { actor, detail },
  })

/** The bytes behind the text of a secret. */
const keyOf = (secret: string): Buffer => Buffer.from(secret.slice('whsec_'.length), 'base64')

/**
 * The headers by which a receiver knows a message for ours (Standard Webhooks 1.0.0): one signature for each secret.
 * @param id the same in every try
 * @param at now: a receiver refuses what was signed minutes ago
 */
export function signed(id: string, body: string, at: Date, secrets: readonly string[]): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000)
  const signature = (secret: string) =>
    `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': 'Suture',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets.map(signature).join(' '),
  }
}
