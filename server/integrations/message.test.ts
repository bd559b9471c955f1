import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { cloudEvent, signed } from './message.ts'
import { newSecret, seal, unseal } from './secret.ts'
import { takes } from './webhook.ts'

const fact = {
  id: '1.42.7',
  kind: 'rollout.stopped',
  subject: '019aa000-0000-7000-8000-000000000000',
  at: new Date('2026-11-28T12:00:00Z'),
  actor: { kind: 'system', id: 'deployment', name: 'Suture' },
  detail: { by: 'limits' },
}

test('an event is sent as CloudEvents 1.0 has it in JSON, and the same one makes the same bytes', () => {
  const body = cloudEvent('019aa000-0000-7000-8000-000000000001', fact)
  expect(JSON.parse(body)).toEqual({
    specversion: '1.0',
    id: '1.42.7',
    source: 'urn:uuid:019aa000-0000-7000-8000-000000000001',
    type: 'suture.rollout.stopped',
    subject: fact.subject,
    time: '2026-11-28T12:00:00.000Z',
    datacontenttype: 'application/json',
    data: { actor: fact.actor, detail: { by: 'limits' } },
  })
  expect(cloudEvent('019aa000-0000-7000-8000-000000000001', fact)).toBe(body)
})

test('a stranger’s implementation of Standard Webhooks accepts the signature of each of two secrets, and no other message', () => {
  const [old, fresh] = [newSecret(), newSecret()]
  const headers = signed('m-1', '{"a":"ä"}', new Date(), [fresh, old])
  for (const secret of [old, fresh]) expect(new Webhook(secret).verify('{"a":"ä"}', headers)).toEqual({ a: 'ä' })
  const refuses = (secret: string, body: string, given: Record<string, string>) =>
    expect(() => new Webhook(secret).verify(body, given)).toThrow()
  refuses(newSecret(), '{"a":"ä"}', headers)
  refuses(fresh, '{"a":"a"}', headers)
  refuses(fresh, '{"a":"ä"}', { ...headers, 'webhook-id': 'm-2' })
  refuses(fresh, '{"a":"ä"}', { ...headers, 'webhook-timestamp': '1' })
})

test('a sealed secret opens with its key and for its webhook alone', () => {
  const [key, secret] = [Buffer.alloc(32, 1), newSecret()]
  const sealed = seal(secret, key, 'one')
  expect(sealed.includes(Buffer.from(secret))).toBe(false)
  expect(unseal(sealed, key, 'one')).toBe(secret)
  expect(() => unseal(sealed, key, 'another')).toThrow()
  expect(() => unseal(sealed, Buffer.alloc(32, 2), 'one')).toThrow()
})

test('a webhook takes the kinds that it names, and all of a thing that it names; without a name, none', () => {
  expect(takes(['rollout.stopped'], 'rollout.stopped')).toBe(true)
  expect(takes(['rollout'], 'rollout.stopped')).toBe(true)
  expect(takes(['rollout.stopped'], 'rollout.started')).toBe(false)
  expect(takes(['roll', 'device'], 'rollout.stopped')).toBe(false)
  expect(takes(['device'], 'device-view.created')).toBe(false)
  expect(takes([], 'rollout.stopped')).toBe(false)
})
