import { expect, test } from 'vitest'
import { startCounterpart, until } from './counterpart.ts'
import { entry, image, readIdentity, startScene } from './scene.ts'

const downloadsOf = (asked: readonly { path: string; range: string | undefined }[]) =>
  asked.filter(({ path }) => path.startsWith('softwaremodules'))

test('a cancellation during the download ends the job before anything changed', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  const actionId = server.offer('pump', image(), { holdAt: 100_000 })
  await until(() => downloadsOf(server.asked('pump')).length === 1)
  server.cancel('pump')
  await until(() => server.feedback('pump').includes('cancelAction closed success'))
  server.release()
  expect(server.feedback('pump')).toEqual(['deploymentBase download none', 'cancelAction closed success'])
  expect((await scene.facts('pump')).find(({ event }) => event === 'kept')).toMatchObject({ version: '1.0.0' })

  server.offer('pump', image())
  await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  const told = (await scene.facts('pump')).filter((fact) => 'actionId' in fact && fact.actionId === actionId)
  expect(told.map(({ event }) => event)).toContain('cancelled')
  expect(told.map(({ event }) => event)).not.toContain('downloaded')
})

test('a cancellation after flashing began is rejected once, and the device goes on', async () => {
  const scene = await startScene([entry('pump')], { installSeconds: [1.5, 1.5] })
  const { server } = scene
  // It takes the rejection, and goes on asking.
  server.refuse = (_, { path }) => (/^cancelAction.*feedback$/.test(path) ? 200 : undefined)
  server.offer('pump', image())
  await until(async () => (await scene.events('pump')).includes('installing'))
  server.cancel('pump')
  await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  expect(server.feedback('pump').filter((line) => line.startsWith('cancelAction'))).toEqual([
    'cancelAction rejected none',
  ])
  const events = await scene.events('pump')
  expect(events).toContain('installed')
  expect(events).not.toContain('cancelled')
})

test('what is offered beside an action under way is told, and not followed', async () => {
  const scene = await startScene([entry('pump')], { installSeconds: [1.5, 1.5] })
  const { server } = scene
  const actionId = server.offer('pump', image())
  await until(async () => (await scene.events('pump')).includes('installing'))
  const other = server.offer('pump', image())
  await until(async () => (await scene.events('pump')).includes('offered-beside'))
  const facts = await scene.facts('pump')
  expect(facts.find(({ event }) => event === 'offered-beside')).toMatchObject({ actionId, other })
  expect(facts.filter(({ event }) => event === 'offered')).toHaveLength(1)
})

test('a server that knows no ranges gets the download from the beginning, and the bytes are right', async () => {
  const scene = await startScene([entry('weak', { behaviour: 'interrupted' })])
  const { server } = scene
  server.offer('weak', image(), { ranges: false })
  await until(() => server.feedback('weak').includes('deploymentBase closed success'))
  expect((await scene.facts('weak')).find(({ event }) => event === 'downloaded')).toMatchObject({ resumed: 0 })
})

test('a server that comes back finds the device where it was, in mid-download too', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  server.offer('pump', image(), { holdAt: 100_000 })
  await until(async () => (await scene.events('pump')).includes('downloading'))
  await until(() => downloadsOf(server.asked('pump')).length === 1)
  await server.close()

  const again = await startCounterpart(Number(new URL(server.url).port))
  try {
    // The same action, because it is the first of this counterpart too.
    again.offer('pump', image())
    await until(() => again.feedback('pump').includes('deploymentBase closed success'))
    const [rest] = downloadsOf(again.asked('pump'))
    expect(rest?.range).toBe('bytes=100000-')
    expect((await scene.facts('pump')).find(({ event }) => event === 'downloaded')).toMatchObject({ resumed: 1 })
  } finally {
    await again.close()
  }
})

test('what the server cannot take for its own troubles is said again until it does', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  let left = 3
  server.refuse = (_, { path }) => (path.endsWith('/feedback') && left-- > 0 ? 503 : undefined)
  server.offer('pump', image())
  await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  expect(server.feedback('pump').slice(0, 5)).toEqual([
    ...Array(4).fill('deploymentBase download none'),
    'deploymentBase downloaded none',
  ])
  expect((await scene.events('pump')).filter((event) => event === 'offered')).toHaveLength(1)
})

test.each([401, 404])(
  'a poll that is answered with %i is written down once, and the device polls on',
  async (status) => {
    const scene = await startScene([entry('pump')])
    const { server } = scene
    server.refuse = () => status
    await until(() => server.asked('pump').length >= 4)
    const refused = (await scene.facts('pump')).filter(({ event }) => event === 'feedback-status')
    expect(refused).toEqual([expect.objectContaining({ status, on: 'poll' })])
    server.refuse = () => undefined
    server.offer('pump', image())
    await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  },
)

test('a device that hears that the action is over before it flashes keeps what it has', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  server.refuse = (_, { path, body }) =>
    path.endsWith('/feedback') && JSON.stringify(body).includes('"proceeding"') ? 410 : undefined
  server.offer('pump', image())
  await until(async () => (await scene.events('pump')).includes('kept'))
  const facts = await scene.facts('pump')
  expect(facts.find(({ event }) => event === 'feedback-status')).toMatchObject({ status: 410 })
  expect(facts.map(({ event }) => event)).not.toContain('installing')
})

test('a download that is refused is given up, and tried again with the next poll', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  let left = 1
  server.refuse = (_, { path }) => (path.startsWith('softwaremodules') && left-- > 0 ? 401 : undefined)
  server.offer('pump', image())
  await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  expect((await scene.facts('pump')).find(({ event }) => event === 'feedback-status')).toMatchObject({
    status: 401,
    on: 'download',
  })
})

test('an outcome that the server lost is said again, and nothing is installed twice', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  let lost = false
  server.refuse = (_, { path, body }) => {
    if (lost || !path.endsWith('/feedback') || !JSON.stringify(body).includes('"closed"')) return undefined
    lost = true
    return 200
  }
  server.offer('pump', image())
  await until(() => server.feedback('pump').filter((line) => line === 'deploymentBase closed success').length === 2)
  const events = await scene.events('pump')
  expect(events.filter((event) => event === 'installing')).toHaveLength(1)
  // That its end was taken once already is told: an honest server does not lose what it acknowledged.
  expect(events.filter((event) => event === 'offered-again')).toHaveLength(1)
  expect(downloadsOf(server.asked('pump'))).toHaveLength(1)
})

test('a device downloads and installs only when the server lets it', async () => {
  const scene = await startScene([entry('pump')])
  const { server } = scene
  const offers = () => server.asked('pump').filter(({ method, path }) => method === 'GET' && path !== '').length
  server.offer('pump', image(), { download: 'skip', update: 'skip' })
  await until(() => offers() >= 3)
  expect(server.feedback('pump')).toEqual([])
  server.change('pump', { download: 'forced' })
  await until(() => server.feedback('pump').includes('deploymentBase downloaded none'))
  const before = offers()
  await until(() => offers() >= before + 3)
  expect(await scene.events('pump')).not.toContain('installing')
  server.change('pump', { update: 'forced' })
  await until(() => server.feedback('pump').includes('deploymentBase closed success'))
  expect((await readIdentity('http', scene.simulator.ports.get('pump') ?? 0))?.firmware).toBe('2.0.0')
})

test('a token is never shown to another place than the server of the fleet', async () => {
  const { server } = await startScene([entry('pump')])
  const elsewhere = await startCounterpart()
  try {
    const { url } = server
    Object.assign(server, { url: elsewhere.url })
    server.offer('pump', image())
    const [asked] = await until(() => elsewhere.asked('pump').length > 0 && elsewhere.asked('pump'))
    expect(asked?.path).toMatch(/^deploymentBase/)
    expect(asked?.authorization).toBeUndefined()
    Object.assign(server, { url })
  } finally {
    await elsewhere.close()
  }
})
