import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { generate } from 'coap-packet'
import { expect, test } from 'vitest'
import { until } from './counterpart.ts'
import { entry, exchange, image, readIdentity, startScene } from './scene.ts'

const protocols = ['http', 'coap'] as const

const observations = async ({ facts }: Awaited<ReturnType<typeof startScene>>) =>
  (await facts('pump')).filter(({ event }) => event === 'observed')

test.each(protocols)('a device tells over %s who it is, and each read is written down', async (protocol) => {
  const scene = await startScene([entry('pump', { identity: { protocol, port: 0 } })])
  const port = scene.simulator.ports.get('pump') ?? 0
  for (let read = 0; read < 2; read++)
    expect(await readIdentity(protocol, port)).toEqual({
      manufacturer: 'Acme',
      model: 'Pump',
      serial: 'serial of pump',
      hardwareRevision: 'A',
      bootloader: '1.5',
      firmware: '1.0.0',
    })
  expect(await observations(scene)).toEqual([
    expect.objectContaining({ by: protocol, firmware: '1.0.0' }),
    expect.objectContaining({ by: protocol, firmware: '1.0.0' }),
  ])
})

test.each(protocols)(
  'a device that starts again does not answer over %s, and comes back at its port',
  async (protocol) => {
    const scene = await startScene([entry('pump', { identity: { protocol, port: 0 } })], { bootSeconds: [1.5, 1.5] })
    const port = scene.simulator.ports.get('pump') ?? 0
    scene.server.offer('pump', image())
    await until(async () => (await scene.events('pump')).includes('installing'))
    if (protocol === 'http') await until(async () => (await readIdentity('http', port)) === undefined)
    else await until(() => isRefused(port))
    expect(await scene.events('pump')).not.toContain('installed')
    await until(() => scene.server.feedback('pump').includes('deploymentBase closed success'))
    expect((await readIdentity(protocol, port))?.firmware).toBe('2.0.0')
  },
)

/** Whether nobody listens on a port of the loopback: the system says so at the next send. */
async function isRefused(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const refused = once(socket, 'message', { signal: AbortSignal.timeout(100) })
    // An empty confirmable message: whoever is there resets it.
    socket.send(generate({ code: '0.00', confirmable: true, messageId: 1 }))
    return await refused.then(
      () => false,
      (cause: NodeJS.ErrnoException) => cause.code === 'ECONNREFUSED',
    )
  } finally {
    socket.close()
  }
}

test('a repeated CoAP request gets the same answer and is no second read', async () => {
  const scene = await startScene([entry('pump', { identity: { protocol: 'coap', port: 0 } })])
  const socket = createSocket('udp4')
  socket.connect(scene.simulator.ports.get('pump') ?? 0, '127.0.0.1')
  await once(socket, 'connect')
  const get = generate({
    code: 'GET',
    confirmable: true,
    messageId: 9,
    token: Buffer.from('t'),
    options: [{ name: 'Uri-Path', value: Buffer.from('identity') }],
  })
  const replies: Buffer[] = []
  for (let sent = 0; sent < 2; sent++) {
    socket.send(get)
    const [reply] = (await once(socket, 'message')) as [Buffer]
    replies.push(reply)
  }
  socket.close()
  expect(replies[1]).toEqual(replies[0])
  expect(await observations(scene)).toHaveLength(1)
})

test('CoAP answers carry type, token and format as the standard says', async () => {
  const scene = await startScene([entry('pump', { identity: { protocol: 'coap', port: 0 } })])
  const port = scene.simulator.ports.get('pump') ?? 0
  const ask = (code: string, path: string, confirmable: boolean) =>
    exchange(
      port,
      generate({
        code,
        confirmable,
        messageId: 3,
        token: Buffer.from('abcd'),
        options: [{ name: 'Uri-Path', value: Buffer.from(path) }],
      }),
    )
  const content = await ask('GET', 'identity', true)
  expect(content).toMatchObject({ code: '2.05', ack: true, messageId: 3, token: Buffer.from('abcd') })
  expect(content.options).toEqual([{ name: 'Content-Format', value: Buffer.from([50]) }])
  expect(await ask('GET', 'identity', false)).toMatchObject({ code: '2.05', ack: false, confirmable: false })
  expect(await ask('GET', 'elsewhere', true)).toMatchObject({ code: '4.04', ack: true })
  expect(await ask('PUT', 'identity', true)).toMatchObject({ code: '4.05', ack: true })
  const ping = await exchange(port, generate({ code: '0.00', confirmable: true, messageId: 4 }))
  expect(ping).toMatchObject({ reset: true, messageId: 4 })
})

test('HTTP answers are closed after one request, and there is nothing else to read', async () => {
  const scene = await startScene([entry('pump')])
  const at = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${scene.simulator.ports.get('pump')}${path}`, { method })
  const told = await at('/identity')
  expect([told.status, told.headers.get('content-type'), told.headers.get('connection')]).toEqual([
    200,
    'application/json',
    'close',
  ])
  expect((await at('/')).status).toBe(404)
  expect((await at('/identity', 'POST')).status).toBe(405)
})
