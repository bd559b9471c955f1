import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import * as contract from '@suture/contract/releases.ts'
import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import { kestrel, LabScene, openSignerHome } from '@suture/testing/lab-scene.ts'
import { outcome, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { newSigningKey, publicHalf, publicPem, signingPem } from '@suture/trust/keys.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'

let server: TestServer
let scene: LabScene
let serial = 0
beforeAll(async () => {
  server = await startTestServer()
  openSignerHome(server.home)
})
afterAll(() => server.stop())
beforeEach(async () => {
  scene = await LabScene.make(server, systemClock, `maker${serial++}`)
})
afterEach(() => scene.end())

const publisher = () => scene.tenant.people.publisher
const blobs = () =>
  readdirSync(join(server.home, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && !each.name.includes('.lock'))
    .map(({ name }) => name)
    .sort()
const kinds = async () => (await call(scene.tenant.people.auditor, listEvents, {})).items.map(({ kind }) => kind)
const refusedUpload = (bytes: Buffer, signature: string) =>
  outcome(publisher(), contract.uploadArtifact, {
    query: { fileName: 'image.bin', signature },
    bytes: new Uint8Array(bytes),
  })

describe('an upload', () => {
  test('is stored under its digest once the manufacturer’s signature has convinced, and only once', async () => {
    const bytes = scene.image({ version: '6.2.6' })
    const first = await scene.upload(bytes, 'dl20-6.2.6.bin')
    expect(first).toMatchObject({ sha256: sha256(bytes), length: bytes.length, fileName: 'dl20-6.2.6.bin' })
    expect(first.signatures).toEqual([expect.objectContaining({ manufacturer: 'Kestrel', revokedAt: null })])
    expect(blobs()).toContain(first.sha256)
    expect(await scene.upload(bytes, 'again.bin')).toEqual(first)
    expect((await kinds()).filter((kind) => kind === 'artifact.uploaded')).toHaveLength(2)
  })

  test('that is altered, or comes with something else than a signature over it, leaves nothing behind', async () => {
    const bytes = scene.image({ version: '6.2.6' })
    const before = await fingerprint(server)
    for (const [signature, code] of [
      ['', 'releases/signature-malformed'],
      ['not base64!', 'releases/signature-malformed'],
      [scene.signature(bytes.subarray(1)), 'releases/signature-wrong'],
      [Buffer.alloc(64).toString('base64'), 'releases/signature-wrong'],
    ] as const)
      expect(await refusedUpload(bytes, signature)).toEqual({ code, status: 422 })
    const altered = Buffer.from(bytes)
    altered.writeUInt8(altered.readUInt8(4000) ^ 1, 4000)
    expect(await refusedUpload(altered, scene.signature(bytes))).toMatchObject({ code: 'releases/signature-wrong' })
    expect(changesBetween(before, await fingerprint(server))).toEqual([])
  })

  test('that a stranger signed does not take away what the manufacturer signed before', async () => {
    const bytes = scene.image({ version: '6.2.6' })
    const stored = await scene.upload(bytes)
    await refusedUpload(bytes, scene.signature(bytes, newSigningKey()))
    expect(blobs()).toContain(stored.sha256)
    expect((await call(publisher(), contract.listArtifacts, {})).items[0]).toEqual(stored)
  })

  test('is refused once the key is revoked, and another manufacturer’s key vouches for nobody else’s model', async () => {
    const { items } = await call(publisher(), contract.listVendorKeys, {})
    const other = newSigningKey()
    const body = { manufacturer: 'Other', name: 'theirs', publicKey: publicPem(publicHalf(other)) }
    await call(publisher(), contract.addVendorKey, { body })
    const bytes = scene.image({ version: '6.2.6' })
    const { sha256: theirs } = await scene.upload(bytes, 'x.bin', scene.signature(bytes, other))
    const release = { name: 'R', version: '6.2.6', targets: [{ ...kestrel, artifact: theirs }] }
    expect(await outcome(publisher(), contract.createRelease, { body: release })).toEqual({
      code: 'releases/foreign-vendor',
      status: 422,
    })
    const revoked = await call(publisher(), contract.revokeVendorKey, { params: { id: items[0]?.id ?? '' } })
    expect(revoked.revokedAt).not.toBeNull()
    expect(await refusedUpload(bytes, scene.signature(bytes))).toMatchObject({ code: 'releases/signature-wrong' })
  })
})

test('a vendor key is a public Ed25519 key, and counts once for each manufacturer', async () => {
  const add = (publicKey: string, manufacturer = 'New') =>
    outcome(publisher(), contract.addVendorKey, { body: { manufacturer, name: 'k', publicKey } })
  const key = newSigningKey()
  const pem = publicPem(publicHalf(key))
  expect(await add('nonsense')).toMatchObject({ code: 'releases/key-unreadable' })
  expect(await add(signingPem(key))).toMatchObject({ code: 'releases/key-unreadable' })
  expect(await add(pem)).toMatchObject({ reply: { keyId: key.keyId } })
  expect(await add(pem)).toMatchObject({ code: 'releases/key-taken' })
  expect(await add(pem, 'Elsewhere')).toMatchObject({ reply: { manufacturer: 'Elsewhere' } })
})

test('a release names known models and stored artifacts, each revision once', async () => {
  const { sha256: artifact } = await scene.upload(scene.image({ version: '6.2.6' }))
  const make = (...targets: object[]) =>
    outcome(publisher(), contract.createRelease, {
      body: { name: 'R', version: '6.2.6', targets: targets.map((each) => ({ ...kestrel, artifact, ...each })) },
    })
  expect(await make({ artifact: 'e'.repeat(64) })).toEqual({ code: 'releases/artifact-unknown', status: 422 })
  expect(await make({ model: 'DL-99' })).toEqual({ code: 'releases/model-unknown', status: 422 })
  expect(await make({}, {})).toEqual({ code: 'releases/target-twice', status: 422 })
  expect(await make({}, { hardwareRevision: 'C' })).toMatchObject({
    reply: { state: 'draft', targets: [{ artifact }, { artifact, hardwareRevision: 'C' }], statement: null },
  })
  expect(await kinds()).toContain('release.created')
})

test('a release is found by part of its name and version', async () => {
  const { sha256: artifact } = await scene.upload(scene.image({ version: '6.2.6' }))
  for (const [name, version] of [
    ['Valves', '6.2.6'],
    ['Pumps', '6.2.7'],
  ] as const) {
    const body = { name, version, targets: [{ ...kestrel, artifact }] }
    await call(publisher(), contract.createRelease, { body })
  }
  const named = async (text: string) =>
    (await call(publisher(), contract.listReleases, { query: { text } })).items.map(({ name }) => name)
  expect(await named('6.2.')).toEqual(['Pumps', 'Valves'])
  expect(await named('pumps 6.2')).toEqual(['Pumps'])
})

test('the list tells the models of a release, and whether keys that still count signed what goes on each', async () => {
  const revisions = await Promise.all(
    ['A', 'B'].map(async (hardwareRevision, seed) => {
      const { sha256: artifact } = await scene.upload(scene.image({ version: '6.2.6', seed }))
      return { ...kestrel, hardwareRevision, artifact }
    }),
  )
  const body = { name: 'R', version: '6.2.6', targets: revisions }
  await call(publisher(), contract.createRelease, { body })
  const listed = async () => (await call(publisher(), contract.listReleases, {})).items.map(({ models }) => models)
  expect(await listed()).toEqual([[{ ...kestrel, isSigned: true }]])
  const { items } = await call(publisher(), contract.listVendorKeys, {})
  await call(publisher(), contract.revokeVendorKey, { params: { id: items[0]?.id ?? '' } })
  expect(await listed()).toEqual([[{ ...kestrel, isSigned: false }]])
})
