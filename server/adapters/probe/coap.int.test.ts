import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { generate, type Packet, type ParsedPacket, parse } from 'coap-packet'
import { expect, onTestFinished, test } from 'vitest'
import { coapObserver, createCoapObserver } from './coap.ts'

const path = '/identity'
const forever = new AbortController().signal
/** For silence, which would last for seconds with the standard's own patience. */
const hasty = createCoapObserver({ ackTimeoutMs: 50, deadlineMs: 1000 })
/** For answers that need a second question, however busy the machine is. */
const eager = createCoapObserver({ ackTimeoutMs: 50, deadlineMs: 20_000 })
/** For what must not be asked twice. */
const steady = createCoapObserver({ ackTimeoutMs: 500, deadlineMs: 2000 })
const format = { name: 'Content-Format' as const, value: Buffer.from([50]) }
const pump = Buffer.from('{"model":"Pump","firmware":"6.2.6"}')
const seen = { answered: true, identity: { model: 'Pump', firmware: '6.2.6' } }

type Say = (packet: Packet | Buffer) => void

/** A peer of our own on UDP: what it says to each message, and what it was told. */
async function startPeer(serve: (message: ParsedPacket, say: Say, heard: readonly ParsedPacket[]) => void) {
  const socket = createSocket('udp4')
  const heard: ParsedPacket[] = []
  socket.on('message', (bytes: Buffer, { port, address }: RemoteInfo) => {
    const message = parse(bytes)
    heard.push(message)
    serve(
      message,
      (packet) => socket.send(Buffer.isBuffer(packet) ? packet : generate(packet, 65_000), port, address),
      heard,
    )
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return { heard, target: { host: '127.0.0.1', port: socket.address().port, path } }
}

const content = ({ messageId, token }: ParsedPacket, changes: Partial<Packet> = {}): Packet => ({
  code: '2.05',
  ack: true,
  messageId,
  token,
  options: [format],
  payload: pump,
  ...changes,
})
const silence = { answered: false, why: 'no-answer', detail: 'no answer within 1000 ms' }
const stranger = { answered: false, why: 'unreadable', detail: 'what came was no answer to the question' }

test('what a device tells is observed, in one confirmable GET of the declared path', async () => {
  const { target, heard } = await startPeer((message, say) => say(content(message)))
  expect(await coapObserver.read({ ...target, path: '/a/identity' }, forever)).toEqual(seen)
  expect(heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ code: '0.01', confirmable: true })
  expect(heard[0]?.token).toHaveLength(8)
  expect(heard[0]?.options).toEqual(['a', 'identity'].map((step) => ({ name: 'Uri-Path', value: Buffer.from(step) })))
})

test('a port where nobody listens is told at once', async () => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  expect(await coapObserver.read({ host: '127.0.0.1', port, path }, forever)).toEqual({
    answered: false,
    why: 'refused',
    detail: 'nobody listens there',
  })
})

test('the question is repeated, each time after twice as long, until the deadline', async () => {
  const { target, heard } = await startPeer(() => undefined)
  expect(await hasty.read(target, forever)).toEqual(silence)
  // At 0, 50 to 75, 150 to 225, 350 to 525 and 750 to 1125 ms; without doubling it would be more than ten times.
  expect(heard.length).toBeGreaterThanOrEqual(3)
  expect(heard.length).toBeLessThanOrEqual(5)
  expect(new Set(heard.map(({ messageId, token }) => `${messageId} ${token.toString('hex')}`)).size).toBe(1)
})

test('a question that was lost is answered when it comes again', async () => {
  const { target } = await startPeer((message, say, heard) => {
    if (heard.length === 3) say(content(message))
  })
  expect(await eager.read(target, forever)).toEqual(seen)
})

test('two questions differ in id and token', async () => {
  const { target, heard } = await startPeer((message, say) => say(content(message)))
  await coapObserver.read(target, forever)
  await coapObserver.read(target, forever)
  const [first, second] = heard
  expect(first?.token).not.toEqual(second?.token)
  expect(first?.messageId).not.toBe(second?.messageId)
})

test('an answer that comes separately is waited for without repeating, and acknowledged', async () => {
  const { target, heard } = await startPeer(({ messageId, token, code }, say) => {
    if (code !== '0.01') return
    say({ code: '0.00', ack: true, messageId })
    setTimeout(
      () => say({ code: '2.05', confirmable: true, messageId: 4711, token, options: [format], payload: pump }),
      1200,
    )
  })
  expect(await steady.read(target, forever)).toEqual(seen)
  await expect.poll(() => heard.length).toBe(2)
  expect(heard[1]).toMatchObject({ code: '0.00', ack: true, messageId: 4711 })
})

test('a separate answer counts even when the acknowledgement was lost, and needs none itself when it asks for none', async () => {
  const { target, heard } = await startPeer(({ token }, say) =>
    say({ code: '2.05', messageId: 4711, token, options: [format], payload: pump }),
  )
  expect(await coapObserver.read(target, forever)).toEqual(seen)
  expect(heard).toHaveLength(1)
})

test('an acknowledgement without an answer is no answer', async () => {
  const { target, heard } = await startPeer(({ messageId }, say) => say({ code: '0.00', ack: true, messageId }))
  expect(await steady.read(target, forever)).toEqual({ ...silence, detail: 'no answer within 2000 ms' })
  expect(heard).toHaveLength(1)
})

test('answers that come twice are one answer', async () => {
  const { target } = await startPeer((message, say) => {
    for (let time = 0; time < 5; time++) say(content(message))
  })
  expect(await coapObserver.read(target, forever)).toEqual(seen)
})

test('a device that resets the question refuses it', async () => {
  const { target } = await startPeer(({ messageId }, say) => say({ code: '0.00', reset: true, messageId }))
  expect(await coapObserver.read(target, forever)).toEqual({
    answered: false,
    why: 'refused',
    detail: 'the question was reset',
  })
})

test.each<[string, (message: ParsedPacket) => Packet | Buffer]>([
  ['another token', (message) => content(message, { token: Buffer.alloc(8) })],
  ['no token', (message) => content(message, { token: Buffer.alloc(0) })],
  ['another message id', (message) => content(message, { messageId: message.messageId ^ 1 })],
  ['a reset of another message', ({ messageId }) => ({ code: '0.00', reset: true, messageId: messageId ^ 1 })],
  ['a question of its own', ({ token, messageId }) => ({ code: 'GET', confirmable: true, token, messageId })],
  ['bytes that are no CoAP', () => Buffer.from('hello')],
  ['no bytes', () => Buffer.alloc(0)],
])('%s is no answer', async (_, strange) => {
  const { target } = await startPeer((message, say) => say(strange(message)))
  expect(await hasty.read(target, forever)).toEqual(stranger)
})

test('a right answer counts after wrong ones', async () => {
  const { target } = await startPeer((message, say) => {
    say(content(message, { token: Buffer.alloc(8), payload: Buffer.from('{"model":"Fake"}') }))
    say(content(message))
  })
  expect(await coapObserver.read(target, forever)).toEqual(seen)
})

test('a flood of wrong answers ends the question early', async () => {
  const { target } = await startPeer((_, say) => {
    for (let time = 0; time < 200; time++) say(Buffer.from('hello'))
  })
  const patient = createCoapObserver({ ackTimeoutMs: 2000, deadlineMs: 300_000 })
  expect(await patient.read(target, forever)).toEqual(stranger)
})

test('an answer from somebody else is not heard', async () => {
  const other = createSocket('udp4')
  onTestFinished(() => void other.close())
  const peer = createSocket('udp4')
  onTestFinished(() => void peer.close())
  peer.on('message', (bytes: Buffer, { port, address }) => {
    const message = parse(bytes)
    other.send(generate(content(message, { payload: Buffer.from('{"model":"Fake"}') })), port, address, () =>
      peer.send(generate(content(message)), port, address),
    )
  })
  peer.bind(0, '127.0.0.1')
  await once(peer, 'listening')
  expect(await coapObserver.read({ host: '127.0.0.1', port: peer.address().port, path }, forever)).toEqual(seen)
})

const long = Buffer.from(JSON.stringify({ model: 'Pump', filler: 'x'.repeat(5000) }))
test.each<[string, Partial<Packet>, string]>([
  ['is an error', { code: '4.04' }, 'answered with code 4.04'],
  ['is of no format', { options: [] }, 'the answer is no JSON'],
  ['is of another format', { options: [{ ...format, value: Buffer.from([0]) }] }, 'the answer is no JSON'],
  ['is no JSON', { payload: Buffer.from('{"model"') }, 'the answer is no JSON'],
  ['is no identity', { payload: Buffer.from('{"model":"a\\u0007"}') }, 'the answer is not an identity'],
  ['is longer than 4 KiB', { payload: long }, 'the answer is longer than 4096 bytes'],
  [
    'comes in blocks',
    { options: [format, { name: 'Block2', value: Buffer.from([8]) }] },
    'an option that is not known',
  ],
  [
    'must not be read without an option',
    { options: [format, { name: '65', value: pump }] },
    'an option that is not known',
  ],
])('an answer that %s is not read', async (_, changes, detail) => {
  const { target } = await startPeer((message, say) => say(content(message, changes)))
  expect(await coapObserver.read(target, forever)).toEqual({ answered: false, why: 'unreadable', detail })
})

test('an option that may be ignored is', async () => {
  const { target } = await startPeer((message, say) =>
    say(
      content(message, {
        options: [format, { name: '66', value: pump }, { name: 'Max-Age', value: Buffer.from([9]) }],
      }),
    ),
  )
  expect(await coapObserver.read(target, forever)).toEqual(seen)
})

test.each([
  [{ host: 'localhost' }, 'not a literal IP address'],
  [{ port: 0 }, 'not a port'],
  [{ path: '/a?b' }, 'not a plain absolute path'],
])('a target with %j is never asked', async (change, detail) => {
  const { target, heard } = await startPeer(() => undefined)
  expect(await coapObserver.read({ ...target, ...change }, forever)).toEqual({
    answered: false,
    why: 'refused',
    detail,
  })
  expect(heard).toEqual([])
})

test('whoever asks may stop waiting', async () => {
  const stop = new AbortController()
  const { target } = await startPeer(() => stop.abort(new Error('enough')))
  await expect(coapObserver.read(target, stop.signal)).rejects.toThrow('enough')
  await expect(coapObserver.read(target, stop.signal)).rejects.toThrow('enough')
})
