import { randomBytes } from 'node:crypto'
import { request } from 'node:http'

import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import { outcomeOf, RefusalScene } from '@suture/testing/refusal-scene.ts'
import { refused } from '@suture/testing/refusal-table.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let scene: RefusalScene
beforeAll(async () => {
  scene = await RefusalScene.make()
})
afterAll(() => scene.end())

describe('the answer has its code, and in no table and no file anything changes, on', () => {
  test.each(refused)('$what', async (row) => {
    const { body, ...outcome } = await outcomeOf(scene.server, await row.prepare(scene), row.spared)
    expect({ ...outcome, body }).toMatchObject({ status: row.status, code: row.code, changes: [] })
    expect(body).toMatch(row.names ?? /^/)
  })

  test('an upload that breaks off', async () => {
    const before = await fingerprint(scene.server)
    const signature = scene.signature(randomBytes(1))
    const url = new URL(`/api/v1/artifacts?${new URLSearchParams({ fileName: 'a.bin', signature })}`, scene.server.base)
    const headers = {
      ...scene.people.publisher.headers,
      ...{ 'suture-client': '1', 'content-type': 'application/octet-stream', 'content-length': '1000000' },
    }
    const asked = request(url, { method: 'PUT', headers })
    asked.on('error', () => {})
    asked.write(randomBytes(200_000))
    const sinceBefore = async () => changesBetween(before, await fingerprint(scene.server)).join()
    // Part of it lies on the disk, or nothing would be left behind anyway.
    await expect.poll(sinceBefore).toMatch(/file blobs/)
    asked.destroy()
    await expect.poll(sinceBefore).not.toMatch(/file blobs|releases_/)
  })
})

test('a plan that is edited between its approvals and the signer is neither started nor ever signed as it was edited', async () => {
  const { rollouts, people, server } = scene
  const made = await rollouts.create()
  const start = () => scene.ask(people.operator, `rollouts/${made.id}/start`)
  const refused = { status: 409, code: 'deployment/not-signed', changes: [] }
  await scene.withoutSigner(async () => {
    await rollouts.approve(made, 'approver')
    await rollouts.approve(made, 'admin')
    await scene.editPlan(made.id)
    expect(await outcomeOf(server, start)).toMatchObject(refused)
  })
  const signed = () => rollouts.sql<{ digest: string }>(`select encode(digest, 'hex') as digest from signing_statement`)
  // What the two approved is signed, and it is not what is stored.
  await expect.poll(signed).toContainEqual({ digest: made.planDigest })
  await rollouts.tick()
  expect(await outcomeOf(server, start)).toMatchObject(refused)
  expect(await signed()).not.toContainEqual({ digest: (await rollouts.get(made.id)).planDigest })
})

test('what is not refused is found out by the names of the tables that it changes', async () => {
  const body = JSON.stringify({ name: 'Yard' })
  const { status, code, changes } = await outcomeOf(scene.server, () =>
    scene.ask(scene.people.operator, 'sites', { body }),
  )
  expect({ status, code }).toEqual({ status: 201, code: '' })
  expect(changes.map((each) => each.split(':')[0])).toEqual(['inventory_site', 'platform_event'])
})

test('one word in one row is found out as well as a row that came or went', async () => {
  const changing = async (statement: string) =>
    (
      await outcomeOf(scene.server, async () => {
        await scene.rollouts.sql(statement)
        return new Response()
      })
    ).changes.map((each) => each.split(':')[0])
  expect(await changing(`update inventory_device set firmware = firmware || ' ' where serial = 'plant-A-2'`)).toEqual([
    'inventory_device',
  ])
  expect(await changing(`update platform_session set used_at = used_at + interval '1 s'`)).toEqual([])
  expect(await changing(`update platform_session set agent = agent || ' '`)).toEqual(['platform_session'])
  expect(await changing(`delete from deployment_approval`)).toEqual(['deployment_approval'])
})
