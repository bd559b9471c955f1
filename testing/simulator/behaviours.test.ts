import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { until } from './counterpart.ts'
import { entry, image, readIdentity, type Scene, startScene } from './scene.ts'

const portOf = ({ simulator }: Scene, controllerId: string) => simulator.ports.get(controllerId) ?? 0
const firmware = async (scene: Scene, controllerId: string) =>
  (await readIdentity('http', portOf(scene, controllerId)))?.firmware

const wholeWay = [
  'deploymentBase download none',
  'deploymentBase downloaded none',
  'deploymentBase proceeding none',
  'deploymentBase closed success',
]

test('an honest device downloads, installs, starts again, says so and runs what it says', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  const actionId = server.offer('pump', image())
  await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  expect(server.feedback('pump')).toEqual(wholeWay)
  await until(async () => (await scene.events('pump')).at(-1) === 'reported')
  expect(await firmware(scene, 'pump')).toBe('2.0.0')

  const facts = await scene.facts('pump')
  const sha256 = createHash('sha256').update(image()).digest('hex')
  expect(facts[0]).toMatchObject({ event: 'started', behaviour: 'honest', identity: { firmware: '1.0.0' } })
  expect(facts.find(({ event }) => event === 'downloaded')).toMatchObject({ sha256, length: 200_000, resumed: 0 })
  expect(facts.find(({ event }) => event === 'installed')).toMatchObject({ actionId, version: '2.0.0' })
  expect(facts.map(({ event }) => event)).toEqual([
    'started',
    'offered',
    'reported',
    'downloading',
    'downloaded',
    'reported',
    'reported',
    'installing',
    'installed',
    'reported',
    'observed',
  ])
})

test('a device shows its own token, and its attributes only when they are asked for', async () => {
  const { server } = await startScene([entry('pump')])
  await until(() => server.asked('pump').length >= 2)
  expect(server.asked('pump').every(({ method, path }) => method === 'GET' && path === '')).toBe(true)
  server.requestAttributes('pump')
  const told = await until(() => server.asked('pump').find(({ path }) => path === 'configData'))
  expect(told).toMatchObject({
    method: 'PUT',
    authorization: 'TargetToken 00112233445566778899aabbccddeeff',
    body: { mode: 'merge', data: { manufacturer: 'Acme', hardwareRevision: 'A', firmware: '1.0.0' } },
  })
})

test('a device without a token shows the token of the gateway', async () => {
  const { server } = await startScene([entry('stranger', { token: null })], { gatewayToken: 'gate' })
  const [first] = await until(() => server.asked('stranger').length > 0 && server.asked('stranger'))
  expect(first?.authorization).toBe('GatewayToken gate')
})

test('a silent device accepts, and is neither heard of nor seen again', async () => {
  const scene = await startScene([entry('quiet', { behaviour: 'silent' }), entry('pump')])
  const { server } = scene
  expect(await firmware(scene, 'quiet')).toBe('1.0.0')
  server.offer('quiet', image())
  await until(async () => (await scene.events('quiet')).includes('silent'))
  expect(server.feedback('quiet')).toEqual(['deploymentBase proceeding none'])
  const heard = server.asked('quiet').length
  const polls = server.asked('pump').length
  await until(() => server.asked('pump').length > polls + 5)
  expect(server.asked('quiet')).toHaveLength(heard)
  expect(await firmware(scene, 'quiet')).toBeUndefined()
  expect((await scene.facts('quiet')).find(({ event }) => event === 'kept')).toMatchObject({ version: '1.0.0' })
})

test('a lying device says that it is done, and still runs the old version', async () => {
  const scene = await startScene([entry('liar', { behaviour: 'lying' })])
  const { server } = scene
  server.offer('liar', image())
  await until(() => server.feedback('liar').includes('deploymentBase closed success'))
  expect(server.feedback('liar')).toEqual(wholeWay)
  expect(await firmware(scene, 'liar')).toBe('1.0.0')
  const events = await scene.events('liar')
  expect(events).toContain('kept')
  expect(events).not.toContain('installing')
  expect(events).not.toContain('installed')

  server.requestAttributes('liar')
  const told = await until(() => server.asked('liar').find(({ path }) => path === 'configData'))
  expect(told.body).toMatchObject({ data: { firmware: '2.0.0' } })
})

test('an interrupted device breaks its download twice, goes on where it was and installs the right bytes', async () => {
  const scene = await startScene([entry('weak', { behaviour: 'interrupted' })])
  const { server } = scene
  server.offer('weak', image())
  await until(() => server.feedback('weak').includes('deploymentBase closed success'))
  const fetched = server.asked('weak').filter(({ path }) => path.startsWith('softwaremodules'))
  expect(fetched.map(({ range }) => range === undefined)).toEqual([true, false, false])
  expect((await scene.facts('weak')).find(({ event }) => event === 'downloaded')).toMatchObject({
    resumed: 2,
    length: 200_000,
  })
  expect(await firmware(scene, 'weak')).toBe('2.0.0')
})

test('a slow device takes more than twice as long, and speaks while it writes', async () => {
  const times = { installSeconds: [1.2, 1.2], bootSeconds: [0.05, 0.05] } as const
  const scene = await startScene([entry('slow', { behaviour: 'slow' }), entry('pump')], times)
  const { server } = scene
  for (const each of ['slow', 'pump']) server.offer(each, image())
  await until(() => server.feedback('slow').includes('deploymentBase closed success'))
  const [slow, quick] = await Promise.all(
    ['slow', 'pump'].map(async (each) => {
      const facts = await scene.facts(each)
      const at = (event: string) => Date.parse(facts.find((fact) => fact.event === event)?.at ?? '')
      return at('installed') - at('installing')
    }),
  )
  expect(slow).toBeGreaterThanOrEqual(2500)
  expect(quick).toBeLessThan(slow ?? 0)
  const speaks = (each: string) => server.feedback(each).filter((line) => line === 'deploymentBase proceeding none')
  expect(speaks('slow').length).toBeGreaterThan(2)
  expect(speaks('pump')).toHaveLength(1)
})

test('an image that a device cannot start kills it for good', async () => {
  const scene = await startScene([
    entry('old', { hardwareRevision: 'C', bootloader: '1.3' }),
    entry('new', { hardwareRevision: 'C', bootloader: '1.10' }),
  ])
  const { server } = scene
  const bricks = [{ hardwareRevision: 'C', bootloaderBelow: '1.4' }]
  for (const each of ['old', 'new']) server.offer(each, image({ bricks }))
  await until(async () => (await scene.events('old')).includes('bricked'))
  await until(() => server.feedback('new').includes('deploymentBase closed success'))
  const heard = server.asked('old').length
  const polls = server.asked('new').length
  await until(() => server.asked('new').length > polls + 5)
  expect(server.asked('old')).toHaveLength(heard)
  expect(server.feedback('old').at(-1)).toBe('deploymentBase proceeding none')
  expect(await firmware(scene, 'old')).toBeUndefined()
  expect(await firmware(scene, 'new')).toBe('2.0.0')
})

test('an image that fails on a revision leads back to the old one, and the device says so', async () => {
  const scene = await startScene([entry('b', { hardwareRevision: 'B' }), entry('a')])
  const { server } = scene
  for (const each of ['a', 'b']) server.offer(each, image({ fails: [{ hardwareRevision: 'B' }] }))
  await until(() => server.feedback('b').includes('deploymentBase closed failure'))
  await until(() => server.feedback('a').includes('deploymentBase closed success'))
  const last = server.asked('b').findLast(({ path }) => path.endsWith('/feedback'))
  expect(last?.body).toMatchObject({ status: { details: ['rolled back to 1.0.0'] } })
  expect((await scene.facts('b')).find(({ event }) => event === 'rolled-back')).toMatchObject({ version: '1.0.0' })
  expect(await firmware(scene, 'b')).toBe('1.0.0')
})

const wrong = image()
test.each([
  ['with another SHA-256', wrong, { sha256: 'ab'.repeat(32) }, /^wrong SHA-256/],
  ['that is shorter than announced', wrong, { size: 200_001 }, /^wrong size: 200000 of 200001/],
  ['that is longer than announced', wrong, { size: 199_999 }, /^wrong size: more than 199999/],
  ['for another model', image({ model: 'Valve' }), {}, /^the image is for Acme Valve$/],
  ['for another manufacturer', image({ manufacturer: 'Bolt' }), {}, /^the image is for Bolt Pump$/],
  ['that is none', Buffer.from('no image at all\n'), {}, /^not an image/],
])('a device refuses an image %s, and keeps the old version', async (_, bytes, serving, why) => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  server.offer('pump', bytes, serving)
  await until(() => server.feedback('pump').includes('deploymentBase closed failure'))
  const last = server.asked('pump').findLast(({ path }) => path.endsWith('/feedback'))
  expect(last?.body).toMatchObject({ status: { details: [expect.stringMatching(why)] } })
  const events = await scene.events('pump')
  expect(events).toContain('kept')
  expect(events).not.toContain('installing')
  expect(await firmware(scene, 'pump')).toBe('1.0.0')
})
