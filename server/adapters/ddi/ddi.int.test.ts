import { createHash, randomBytes } from 'node:crypto'
import { call } from '@suture/contract/client.ts'
import { createGateway, getDevice, listDevices, revokeGateway } from '@suture/contract/inventory.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { DdiDevice } from '@suture/testing/ddi-device.ts'
import { image, versions } from '@suture/testing/published-release.ts'
import { RolloutScene, signerFor } from '@suture/testing/rollout-scene.ts'
import type { SignerProcess } from '@suture/testing/signer-process.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Buckets } from '#platform/http/buckets.ts'

const clock = new MovedClock()
let server: TestServer
let signer: SignerProcess
let scene: RolloutScene
let device: DdiDevice
let other: DdiDevice
beforeAll(async () => {
  // Nothing flows back: however slow the machine is, too often stays too often.
  server = await startTestServer({ clock, buckets: new Buckets(() => 0) })
  signer = await signerFor(server)
  scene = await RolloutScene.make(server, clock, 'wire', { A: 3 })
  const waves = [{ pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 }]
  await scene.started({ waves })
  const [first, second] = scene.devices
  ;[device, other] = [first as DdiDevice, second as DdiDevice]
})
afterAll(async () => {
  await scene.end()
  await signer.end('SIGTERM')
  await server.stop()
})

const unknown = (serial = `new-${randomBytes(4).toString('hex')}`) =>
  new DdiDevice(
    server.base,
    'wire',
    { serial, hardwareRevision: 'A', token: randomBytes(16).toString('hex') },
    versions.before,
  )

describe('a stranger', () => {
  test('is told nothing but 401, whatever they show', async () => {
    const shown = [
      '',
      'TargetToken',
      `TargetToken ${'0'.repeat(32)}`,
      `GatewayToken ${'x'.repeat(40)}`,
      `Bearer ${'x'.repeat(40)}`,
    ]
    for (const authorization of shown) {
      const answer = await device.request(device.base, {}, authorization)
      expect({ authorization, status: answer.status, body: await answer.text() }).toEqual({
        authorization,
        status: 401,
        body: '',
      })
    }
    expect((await unknown().request(unknown().base)).status).toBe(401)
    expect((await device.request(device.base.replace('/wire/', '/nobody/'))).status).toBe(401)
    expect((await device.tellFacts({}, `TargetToken ${other.about.token}`)).status).toBe(401)
  })

  test('is not taken for the device that polls beside them', async () => {
    const wrong = `TargetToken ${'0'.repeat(32)}`
    const answers = await Promise.all([
      device.request(device.base, {}, wrong),
      device.request(device.base),
      device.request(device.base, {}, wrong),
      other.request(other.base),
    ])
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 401, 200])
  })

  test('with a name that is none is told the same, and fails nobody’s poll beside them', async () => {
    const names = ['%00', `${encodeURIComponent(device.about.serial)}%00`, 'a%0Ab', '%F0%9F%94%A5']
    const answers = await Promise.all([
      ...names.map((name) => device.request(device.base.replace(/[^/]+$/, name))),
      device.request(device.base),
      other.request(other.base),
    ])
    expect(answers.map(({ status }) => status)).toEqual([...names.map(() => 401), 200, 200])
  })
})

describe('a poll', () => {
  const transactions = async () => {
    const [row] = await scene.sql<{ n: number }>(
      'select xact_commit::int as n from pg_stat_database where datname = current_database()',
    )
    return row?.n ?? 0
  }

  test('asks for facts until they were told, and again when they have grown old', async () => {
    expect((await device.poll())._links.configData?.href).toBe(`${device.base}/configData`)
    expect((await device.tellFacts({ firmware: versions.before, bootloader: '1.4', stray: { a: 1 } })).status).toBe(200)
    expect((await device.poll())._links.configData).toBeUndefined()
    clock.pass(8 * 24 * 3600)
    expect((await device.poll())._links.configData).toBeDefined()
    clock.reset()
  })

  test('says when to come again, and is remembered as a sign of life', async () => {
    // Another one than was heard of in the future above: an earlier time never replaces a later one.
    const fresh = scene.devices[1] as DdiDevice
    expect((await fresh.poll()).config.polling.sleep).toBe('00:00:01')
    const [row] = await scene.sql<{ at: Date }>(
      'select at from inventory_seen s join inventory_device d on d.id = s.device_id where d.serial = $1',
      fresh.about.serial,
    )
    expect(row?.at).toEqual(clock.now())
  })

  test('of hundreds at once is answered for each with its own, in few transactions', async () => {
    const before = await transactions()
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, at) => (scene.devices[at % 3] as DdiDevice).poll()),
    )
    for (const [at, { _links }] of answers.entries()) {
      expect(_links.deploymentBase?.href).toContain(`/${scene.devices[at % 3]?.about.serial}/`)
    }
    await expect.poll(transactions).toBeGreaterThan(before)
    // How many come together depends on how busy the machine is; one by one they would be 300.
    expect((await transactions()) - before).toBeLessThan(150)
  })
})

describe('a gateway', () => {
  test('lets a device that nobody knows into quarantine, where it is given nothing to do', async () => {
    const { gateway, secret } = await call(scene.people.operator, createGateway, { body: { name: 'Hall' } })
    const fresh = unknown('new-1')
    const shown = `GatewayToken ${secret}`
    const first = (await (await fresh.request(fresh.base, {}, shown)).json()) as { _links: object }
    expect(Object.keys(first._links)).toEqual(['configData'])
    const facts = {
      manufacturer: 'Kestrel',
      model: 'DL-20',
      hardwareRevision: 'A',
      firmware: versions.before,
      serial: 'new-1',
    }
    expect((await fresh.tellFacts(facts, shown)).status).toBe(200)
    const polled = (await (await fresh.request(fresh.base, {}, shown)).json()) as { _links: object }
    expect(Object.keys(polled._links)).toEqual([])
    const { items } = await call(scene.people.viewer, listDevices, { query: { q: 'state:quarantined' } })
    expect(items.map(({ serial }) => serial)).toEqual(['new-1'])
    await call(scene.people.operator, revokeGateway, { params: { id: gateway.id } })
    expect((await fresh.request(fresh.base, {}, shown)).status).toBe(401)
  })

  test('speaks for no device that has a secret of its own', async () => {
    const { secret } = await call(scene.people.operator, createGateway, { body: { name: 'Yard' } })
    expect((await device.request(device.base, {}, `GatewayToken ${secret}`)).status).toBe(401)
  })
})

describe('the bytes', () => {
  const href = async () => `${device.base}/softwaremodules/${await device.offered()}/artifacts/update.bin`
  const get = async (headers: Record<string, string> = {}, method = 'GET') =>
    device.request(await href(), { method, headers })

  test('come whole, in part, from the end, and not past it', async () => {
    const whole = await get()
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    expect(Buffer.from(await whole.arrayBuffer()).equals(image)).toBe(true)
    const part = await get({ range: 'bytes=60000-' })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 60000-69999/70000`])
    expect(Buffer.from(await part.arrayBuffer()).equals(image.subarray(60_000))).toBe(true)
    expect((await get({ range: 'bytes=-10' })).headers.get('content-length')).toBe('10')
    const past = await get({ range: 'bytes=70000-' })
    expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */70000'])
  })

  test('are told of without being sent, and named by their digest', async () => {
    const head = await get({}, 'HEAD')
    const etag = `"${createHash('sha1').update(image).digest('hex')}"`
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([200, '70000', etag])
    expect((await get({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(206)
    expect((await get({ range: 'bytes=0-9', 'if-range': '"another"' })).status).toBe(200)
    expect((await get({ 'if-match': '"another"' })).status).toBe(412)
  })

  test('are listed with the sums that clients compare, one of them as a file of its own', async () => {
    const { deployment } = (await (
      await device.request(`${device.base}/deploymentBase/${await device.offered()}?c=-17&actionHistory=10`)
    ).json()) as { deployment: { chunks: { artifacts: { _links: { md5sum: { href: string } } }[] }[] } }
    const list = await (await device.request((await href()).replace('/update.bin', ''))).json()
    expect(list).toEqual(deployment.chunks[0]?.artifacts)
    const sum = await device.request(deployment.chunks[0]?.artifacts[0]?._links.md5sum.href ?? '')
    const md5 = createHash('md5').update(image).digest('hex')
    expect([sum.status, await sum.text()]).toEqual([200, `${md5}  update.bin\n`])
  })

  test('go to nobody else, under no other name, and to nobody any more once the job is over', async () => {
    expect((await device.request((await href()).replace('update.bin', 'other.bin'))).status).toBe(404)
    const stolen = (await href()).replace(`/${device.about.serial}/`, `/${other.about.serial}/`)
    expect((await other.request(stolen)).status).toBe(404)
    const before = await href()
    await device.update('failure')
    await scene.verify()
    expect((await device.request(before)).status).toBe(404)
  })
})

describe('what a device posts', () => {
  const post = async (body: string, type = 'application/json') =>
    (
      await other.request(`${other.base}/deploymentBase/${await other.offered()}/feedback`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
    ).status
  const word = (more: object = {}) => ({ status: { execution: 'download', result: { finished: 'none' }, ...more } })

  test('is taken with the fields of old clients and with fields that nobody knows', async () => {
    expect(
      await post(JSON.stringify({ id: '11', time: '20261122T125952', ...word({ details: ['a'], stray: 1 }) })),
    ).toBe(200)
    expect(
      await post(
        JSON.stringify({ id: 11, ...word({ code: 200, result: { finished: 'none', progress: { cnt: 1, of: 2 } } }) }),
      ),
    ).toBe(200)
  })

  test('is refused when it is malformed, too large or too deep, and moves nothing', async () => {
    expect(await post('{')).toBe(400)
    expect(await post('[]')).toBe(400)
    expect(await post(JSON.stringify({ status: {} }))).toBe(400)
    expect(await post(JSON.stringify(word({ details: ['x'.repeat(300_000)] })))).toBe(413)
    expect(await post(`{"status":${'['.repeat(100)}${']'.repeat(100)}}`)).toBe(400)
    expect(await post('{}', 'text/plain')).toBe(415)
  })

  test('too often is refused for that device, and for no other', async () => {
    const codes = await Promise.all(
      Array.from({ length: 700 }, () => other.request(`${other.base}/cancelAction/1`).then(({ status }) => status)),
    )
    expect(codes).toContain(429)
    expect((await device.request(`${device.base}/cancelAction/1`)).status).toBe(404)
  })
})

test('facts are told in one of three ways, and in no other', async () => {
  const third = scene.devices[2] as DdiDevice
  const tell = async (mode: string) =>
    (
      await third.request(`${third.base}/configData`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        // As SWUpdate sends it, with a status that means nothing here.
        body: JSON.stringify({ id: '', mode, status: { execution: 'closed' }, data: { bootloader: '1.4' } }),
      })
    ).status
  expect(await Promise.all(['merge', 'replace', 'remove', 'mix'].map(tell))).toEqual([200, 200, 200, 400])
})

test('what a device claims of itself is kept as claimed and changes neither its place nor its owner', async () => {
  const third = scene.devices[2] as DdiDevice
  expect((await third.tellFacts({ firmware: '9.9.9', site: 'Closed', owner: 'me' })).status).toBe(200)
  const [row] = await scene.sql<{ uid: string }>(
    'select uid from inventory_device where serial = $1',
    third.about.serial,
  )
  const shown = await call(scene.people.viewer, getDevice, { params: { id: row?.uid ?? '' } })
  expect(JSON.stringify(shown)).toContain('9.9.9')
  expect(JSON.stringify(shown)).not.toContain('"me"')
  const [site] = await scene.sql<{ name: string }>(
    'select s.name from inventory_device d join inventory_site s on s.id = d.site_id where d.serial = $1',
    third.about.serial,
  )
  expect(site?.name).toBe('Works')
})
