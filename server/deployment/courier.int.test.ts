import { createHash } from 'node:crypto'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { image, versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import type { TestServer } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'
import { systemScope, withScope } from '../platform/database/store.ts'
import { deploymentCourier } from './index.ts'
import { insertQuarantine, lockRollout } from './rollout.queries.ts'
import { why } from './why.ts'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 4, B: 3 }, (stage) => {
  ;({ server, scene } = stage)
})

const pause = (id: string) => call(scene.people.operator, contract.pauseRollout, { params: { id } })
const resume = (id: string) => call(scene.people.operator, contract.resumeRollout, { params: { id } })
const stop = (id: string) => call(scene.people.operator, contract.stopRollout, { params: { id } })
const counters = async (id: string) => {
  const { waves } = await scene.get(id)
  return waves.map(({ offered, verified, failed, silent, other }) => ({ offered, verified, failed, silent, other }))
}
const none = { offered: 0, verified: 0, failed: 0, silent: 0, other: 0 }
const one = (devices: readonly DdiDevice[]) => devices[0] as DdiDevice

describe('a running rollout', () => {
  test('offers the release to the first wave alone, once each, and to nobody before it starts', async () => {
    const { id } = await scene.signed()
    expect(await scene.offered()).toEqual([])
    await call(scene.people.operator, contract.startRollout, { params: { id } })
    const first = await scene.offered()
    expect(first.map(({ about }) => about.hardwareRevision).toSorted()).toEqual(['A', 'A', 'B', 'B'])
    expect(await scene.offered()).toEqual(first)
    expect(await scene.jobs(id)).toHaveLength(4)
    expect(await counters(id)).toEqual([{ ...none, offered: 4 }, none])
  })

  test('hands out the bytes with their digests, to the device that they are for and nobody else', async () => {
    await scene.started()
    const [device, ...others] = (await scene.offered()) as [DdiDevice, ...DdiDevice[]]
    const outsider = scene.devices.find((each) => each !== device && !others.includes(each))
    const action = await device.offered()
    const response = await device.request(`${device.base}/deploymentBase/${action}`)
    const { deployment, id } = (await response.json()) as {
      id: string
      deployment: {
        chunks: {
          version: string
          artifacts: { size: number; hashes: object; _links: { download: { href: string } } }[]
        }[]
      }
    }
    const [chunk] = deployment.chunks
    const hex = (name: string) => createHash(name).update(image).digest('hex')
    expect({ id, version: chunk?.version }).toEqual({ id: action, version: versions.after })
    expect(chunk?.artifacts[0]).toMatchObject({
      size: image.length,
      hashes: { sha1: hex('sha1'), md5: hex('md5'), sha256: hex('sha256') },
    })
    const href = chunk?.artifacts[0]?._links.download.href ?? ''
    const bytes = await device.request(href).then((each) => each.arrayBuffer())
    expect(Buffer.from(bytes ?? new ArrayBuffer(0)).equals(image)).toBe(true)
    const foreign = href.replace(device.about.serial ?? '', outsider?.about.serial ?? '')
    expect((await outsider?.request(foreign))?.status).toBe(404)
    expect((await outsider?.request(href))?.status).toBe(401)
  })

  test('gives one job to a device that two processes answer at the same time', async () => {
    const { id } = await scene.started()
    const ids = (
      await scene.sql<{ id: number }>('select id from inventory_device where tenant_id = $1', scene.tenant.id)
    ).map((row) => Number(row.id))
    const courier = deploymentCourier(scene.parts)
    const { app, worker } = server.database
    const asks = Array.from({ length: 8 }, (_, at) =>
      withScope(at % 2 === 0 ? app : worker, systemScope(scene.tenant.id, 'ddi'), (scoped) =>
        courier.assignments(scoped, ids),
      ),
    )
    await Promise.all(asks)
    const jobs = await scene.jobs(id)
    expect(new Set(jobs.map(({ device }) => device)).size).toBe(4)
    expect(await scene.offered()).toHaveLength(4)
    expect(jobs).toHaveLength(4)
    expect(await counters(id)).toEqual([{ ...none, offered: 4 }, none])
  })

  test('never comes back to a device that has passed through it', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    await device.update('failure')
    await scene.verify()
    expect((await scene.states(id))[device.about.serial]).toBe('rolled-back device-rolled-back')
    expect(await device.offered()).toBeUndefined()
    expect(await scene.jobs(id)).toHaveLength(4)
  })

  test('leaves out devices that are quarantined, retired, or run the version already', async () => {
    const audience = {
      devices: (
        await scene.sql<{ uid: string }>('select uid from inventory_device where tenant_id = $1', scene.tenant.id)
      ).map(({ uid }) => uid),
    }
    await scene.started({ audience, waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }] })
    const [quarantined, patched] = scene.devices
    await scene.sql(`update inventory_device set state = 'quarantined' where serial = $1`, quarantined?.about.serial)
    await scene.sql(
      `update inventory_device set firmware = $2 where serial = $1`,
      patched?.about.serial,
      versions.after,
    )
    const offered = await scene.offered()
    expect(offered).toHaveLength(scene.devices.length - 2)
    expect(offered).not.toContain(quarantined)
    expect(offered).not.toContain(patched)
  })

  test('that is paused offers nothing new, and goes on when somebody lets it', async () => {
    const { id } = await scene.started()
    const [first, second] = scene.devices
    await Promise.all([first?.poll(), second?.poll()])
    const before = (await scene.jobs(id)).length
    await pause(id)
    expect(await scene.offered()).toHaveLength(before)
    await resume(id)
    expect(await scene.offered()).toHaveLength(4)
  })

  test('hands out nothing once its time is over', async () => {
    const { id } = await scene.started({ notAfter: new Date(clock.now().getTime() + 60_000).toISOString() })
    clock.pass(61)
    expect(await scene.offered()).toEqual([])
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({ state: 'expired', why: { code: 'time-over' } })
  })

  test('hands out nothing that its signed plan does not name, whatever the row of a job says', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    const action = await device.offered()
    await scene.sql(
      `insert into releases_artifact select tenant_id, sha256(sha256), sha1, md5, length, file_name, uploaded_by, uploaded_at
         from releases_artifact where tenant_id = $1`,
      scene.tenant.id,
    )
    await scene.sql('update deployment_job set sha256 = sha256(sha256) where rollout_id = $1', id)
    expect(await scene.offered()).toEqual([])
    expect((await device.request(`${device.base}/deploymentBase/${action}`)).status).toBe(404)
  })

  test('hands out nothing to a device outside its signed audience, whatever the row of a job says', async () => {
    const { id } = await scene.started({ audience: { hardwareRevision: 'A' } })
    const outsider = scene.devices.find(({ about }) => about.hardwareRevision === 'B')
    expect(await scene.offered()).not.toContain(outsider)
    await scene.sql(
      `with job as (update deployment_job set device_id = (select id from inventory_device where serial = $2)
                     where id = (select id from deployment_job where rollout_id = $1 limit 1) returning *)
       insert into deployment_device_slot select tenant_id, device_id, id, 1 from job`,
      id,
      outsider?.about.serial,
    )
    expect(await scene.offered()).not.toContain(outsider)
  })

  test('hands out nothing to a revision that is quarantined at that very moment', async () => {
    const { id } = await scene.started()
    const rows = await scene.sql<{ id: number; model_id: number }>(
      'select id, model_id from inventory_device where tenant_id = $1',
      scene.tenant.id,
    )
    const [ids, modelId] = [rows.map((row) => Number(row.id)), Number(rows[0]?.model_id)]
    const isWaiting = async () =>
      (await scene.sql(`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%for share%'`))
        .length
    const polling = await withScope(
      server.database.worker,
      systemScope(scene.tenant.id, 'deployment'),
      async (scoped) => {
        await lockRollout(scoped, id)
        const answering = withScope(server.database.app, systemScope(scene.tenant.id, 'ddi'), (other) =>
          deploymentCourier(scene.parts).assignments(other, ids),
        )
        await expect.poll(isWaiting).toBeGreaterThan(0)
        const quarantine = { rollout: id, wave: 1, modelId, hardwareRevision: 'A', at: clock.now() }
        await insertQuarantine(scoped, { ...quarantine, why: why('revision-limit') })
        return { answering }
      },
    )
    expect((await polling.answering).size).toBe(2)
    expect((await scene.offered()).map(({ about }) => about.hardwareRevision)).toEqual(['B', 'B'])
  })
})

describe('a device’s word', () => {
  test('moves its job, is kept, and never verifies it', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    const action = (await device.offered()) ?? ''
    const steps = [
      ['download', 'downloading'],
      ['downloaded', 'downloaded'],
      ['proceeding', 'installing'],
    ]
    for (const [word = '', state] of steps) {
      expect(await device.say(action, word)).toBe(200)
      expect((await scene.states(id))[device.about.serial]).toBe(state)
    }
    expect(await device.say(action, 'closed', 'success')).toBe(200)
    expect((await scene.states(id))[device.about.serial]).toBe('reported')
    expect(await device.offered()).toBeUndefined()
    const words = await scene.sql<{ execution: string }>(
      'select execution from deployment_feedback order by id desc limit 4',
    )
    expect(words.map(({ execution }) => execution)).toEqual(['succeeded', 'proceeding', 'downloaded', 'downloading'])
    expect((await counters(id))[0]).toEqual({ ...none, offered: 4 })
  })

  test('that it is at work means fetching until the last byte has gone out, and writing after that', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    const action = (await device.offered()) ?? ''
    const state = async () => (await scene.states(id))[device.about.serial]
    const fetched = async (range: string) => {
      const href = `${device.base}/softwaremodules/${action}/artifacts/update.bin`
      await (await device.request(href, { headers: { range } })).arrayBuffer()
    }
    await device.say(action, 'proceeding')
    await fetched('bytes=0-59999')
    await device.say(action, 'proceeding')
    expect(await state()).toBe('downloading')
    await fetched('bytes=60000-')
    await expect.poll(state).toBe('downloaded')
    await device.say(action, 'proceeding')
    expect(await state()).toBe('installing')
    await fetched('bytes=60000-')
    await device.say(action, 'proceeding')
    expect(await state()).toBe('installing')
  })

  test('that it succeeded without fetching anything is disputed as that when nothing changed', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    await device.say((await device.offered()) ?? '', 'closed', 'success')
    const state = async () => (await scene.states(id))[device.about.serial]
    expect(await state()).toBe('reported never-fetched')
    await scene.verify()
    await scene.pass(2)
    await scene.verify()
    expect(await state()).toBe('disputed never-fetched')
  })

  test('repeated after the end, or about nothing, changes and counts nothing', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    const action = await device.update('failure')
    const replayed = await Promise.all([1, 2, 3].map(() => device.say(action, 'closed', 'failure')))
    expect(replayed).toEqual([410, 410, 410])
    await scene.verify()
    expect(await device.say(action, 'closed', 'success')).toBe(410)
    expect((await counters(id))[0]).toEqual({ ...none, offered: 4, failed: 1 })
    expect(await device.say('999999', 'closed', 'success')).toBe(404)
    expect(await device.say('no number', 'closed', 'success')).toBe(404)
    const [other] = (await scene.offered()).filter((each) => each !== device)
    expect(await other?.say(action, 'closed', 'success')).toBe(404)
    const { items } = await call(scene.people.auditor, listEvents, { query: { kind: 'job.ended' } })
    expect(items).toHaveLength(1)
  })

  test('is counted once, however many times it arrives at the same moment', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    const action = (await device.offered()) ?? ''
    const answers = await Promise.all(Array.from({ length: 6 }, () => device.say(action, 'closed', 'success')))
    expect(answers.toSorted()).toEqual([200, 410, 410, 410, 410, 410])
    device.firmware = versions.after
    await Promise.all([scene.verify(), scene.verify(server.database.app)])
    expect((await counters(id))[0]).toEqual({ ...none, offered: 4, verified: 1 })
  })

  test('that it will not do it ends the job as rejected', async () => {
    const { id } = await scene.started()
    const device = one(await scene.offered())
    await device.say((await device.offered()) ?? '', 'canceled')
    expect((await scene.states(id))[device.about.serial]).toBe('rejected refused-by-device')
    expect((await counters(id))[0]).toEqual({ ...none, offered: 4, failed: 1 })
  })

  test('is kept two hundred times a job and no more, and its end beyond that', async () => {
    await scene.started()
    const device = one(await scene.offered())
    const action = (await device.offered()) ?? ''
    for (let at = 0; at < 210; at++) await device.say(action, at % 2 === 0 ? 'download' : 'proceeding')
    expect(await device.say(action, 'closed', 'success')).toBe(200)
    const [row] = await scene.sql<{ n: number }>(
      'select count(*)::int as n from deployment_feedback where tenant_id = $1',
      scene.tenant.id,
    )
    expect(row?.n).toBe(201)
  })
})

describe('stop', () => {
  test('calls back who has not begun to write, lets the others finish, and says how many', async () => {
    const { id } = await scene.started()
    const [offered, loaded, flashing, done] = await scene.offered()
    const actionOf = async (device: DdiDevice | undefined) => (await device?.offered()) ?? ''
    const [first, second, third] = [await actionOf(offered), await actionOf(loaded), await actionOf(flashing)]
    await loaded?.say(second, 'downloaded')
    await flashing?.write(third)
    await done?.update('success', versions.after)
    const { rollout, ...counted } = await stop(id)
    expect(counted).toEqual({ cancelling: 2, flashing: 1, verifying: 1 })
    expect(rollout).toMatchObject({ state: 'stopped', why: { code: 'stopped-by-person' } })
    expect(rollout.waves.map(({ state }) => state)).toEqual(['stopped', 'not-open'])

    expect(await offered?.offered('cancelAction')).toBe(first)
    expect(await (await offered?.request(`${offered.base}/cancelAction/${first}`))?.json()).toEqual({
      id: first,
      cancelAction: { stopId: first },
    })
    expect((await offered?.request(`${offered.base}/deploymentBase/${first}`))?.status).toBe(404)
    expect(await offered?.say(first, 'closed', 'success', 'cancelAction')).toBe(200)
    expect(await loaded?.say(second, 'rejected', 'none', 'cancelAction')).toBe(200)
    expect(await flashing?.offered()).toBe(third)
    expect(await flashing?.say(third, 'closed', 'success', 'cancelAction')).toBe(405)
    for (const [device, action] of [
      [loaded, second],
      [flashing, third],
    ] as const) {
      if (device) device.firmware = versions.after
      expect(await device?.say(action, 'closed', 'success')).toBe(200)
    }
    await scene.verify()
    expect(Object.values(await scene.states(id)).toSorted()).toEqual([
      'cancelled rollout-stopped',
      'verified as-wanted',
      'verified as-wanted',
      'verified as-wanted',
    ])
    expect(await scene.offered()).toEqual([])
  })

  test('reaches the devices that were offered something at the very moment', async () => {
    const { id } = await scene.started()
    const ids = (
      await scene.sql<{ id: number }>('select id from inventory_device where tenant_id = $1', scene.tenant.id)
    ).map((row) => Number(row.id))
    const [offering, stopping] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const polling = withScope(server.database.worker, systemScope(scene.tenant.id, 'ddi'), async (scoped) => {
      const given = await deploymentCourier(scene.parts).assignments(scoped, ids)
      offering.resolve()
      await stopping.promise
      return given.size
    })
    await offering.promise
    let isStopped = false
    const stopped = stop(id).finally(() => {
      isStopped = true
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(isStopped).toBe(false)
    stopping.resolve()
    expect(await polling).toBe(4)
    expect((await stopped).cancelling).toBe(4)
  })

  test('does not wait for ever for a device that does not answer it', async () => {
    const { id } = await scene.started()
    await scene.offered()
    await stop(id)
    await scene.pass(61)
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['silent no-word']))
  })
})
