import { MovedClock } from '@suture/testing/clock.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import type { TestServer } from '@suture/testing/world.ts'
import { beforeEach, expect, test } from 'vitest'
import { beginSettling, markRestored } from '#platform/database/epoch.ts'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 4 }, (stage) => ({ server, scene } = stage))

// The mark of a restore is the database's, and the tests share one.
beforeEach(() => scene.sql('update platform_epoch set restored_at = null, settle_seconds = null, settled_at = null'))

/** Everybody at once, so that each device may be the one that a test looks at. */
const atOnce = { waves: [{ pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 }] }

/** The database is from a backup that was made now, and a second passes. */
async function restored(settleSeconds = 0): Promise<void> {
  const { owner } = server.database.urls
  await markRestored(owner, { now: clock.now(), settleSeconds })
  await beginSettling(owner, clock.now())
  clock.pass(settleSeconds === 0 ? 1 : 0.5)
}

const [first, second] = [() => scene.devices[0], () => scene.devices[1]].map((device) => () => {
  const found = device()
  if (!found) throw new Error('There is no such device')
  return found
}) as [() => RolloutScene['devices'][number], () => RolloutScene['devices'][number]]

const runs = (firmware: string) => ({ firmware })

test('after a restore a device gets nothing before it has told what it runs, and then goes on with its job', async () => {
  await scene.started(atOnce)
  const action = await first().offered()
  await restored()
  const held = await first().poll()
  expect(held._links.deploymentBase).toBeUndefined()
  expect(held._links.configData).toBeDefined()
  await first().tellFacts(runs(versions.before))
  const next = await first().poll()
  expect(next._links.deploymentBase?.href.split('/').at(-1)).toBe(action)
  expect(next._links.configData).toBeUndefined()
})

test('a job that a device ended while nobody remembers is not given again, and is verified by what is read', async () => {
  const { id } = await scene.started(atOnce)
  expect(await first().offered()).toBeDefined()
  first().firmware = versions.after
  await first().tellFacts(runs(versions.after))
  // Without a restore its word about itself changes nothing: the job is open until it says how it ended.
  expect(await first().offered()).toBeDefined()
  await restored()
  await first().tellFacts(runs(versions.after))
  expect(await first().offered()).toBeUndefined()
  expect(await scene.states(id)).toEqual({ [first().about.serial]: 'reported' })
  await scene.verify()
  expect(await scene.states(id)).toEqual({ [first().about.serial]: 'verified as-wanted' })
})

test('a device that did a job which the database lost is not given it once more', async () => {
  const { id } = await scene.started(atOnce)
  first().firmware = versions.after
  await restored()
  expect(await first().say('77', 'closed', 'success')).toBe(404)
  await first().tellFacts(runs(versions.after))
  expect(await first().offered()).toBeUndefined()
  await scene.verify()
  expect(await scene.states(id)).toEqual({ [first().about.serial]: 'verified as-wanted' })
})

test('a device that only says so after a restore is disputed', async () => {
  const { id } = await scene.started(atOnce)
  await restored()
  await first().tellFacts(runs(versions.after))
  expect(await first().offered()).toBeUndefined()
  await scene.verify()
  clock.pass(5)
  await scene.verify()
  expect(await scene.states(id)).toEqual({ [first().about.serial]: 'disputed old-version' })
})

test('nobody new is given a job before a restore has settled, and then whoever tells once more what it runs', async () => {
  await scene.started(atOnce)
  const known = await first().offered()
  await restored(60)
  for (const device of [first(), second()]) await device.tellFacts(runs(versions.before))
  expect(await first().offered()).toBe(known)
  expect(await second().offered()).toBeUndefined()
  clock.pass(60)
  // It may have been at a job that nobody knows of when it told.
  expect(await second().offered()).toBeUndefined()
  await second().tellFacts(runs(versions.before))
  expect(await second().offered()).toBeDefined()
})

test('the numbers of jobs go on far away after a restore, and elsewhere after another one of the same backup', async () => {
  const numbers = async (): Promise<number> => {
    const [found] = await scene.sql<{ last: number }>('select last_value::int as last from inventory_action_id')
    return found?.last ?? 0
  }
  await scene.started(atOnce)
  await first().offered()
  const before = await numbers()
  const after: number[] = []
  for (let restores = 0; restores < 3; restores++) {
    await scene.sql(`select setval('inventory_action_id', ${before})`)
    await restored()
    after.push(await numbers())
  }
  for (const each of after) expect(each - before).toBeGreaterThanOrEqual(2 ** 20)
  expect(new Set(after).size).toBe(3)
})

test('a server that was away for longer than devices may be silent does not end a rollout over their heads', async () => {
  await scene.devices[3]?.poll()
  const { id } = await scene.started(atOnce)
  for (const device of scene.devices.slice(0, 3)) await device.update('success', versions.after)
  await scene.verify()
  for (let passed = 0; passed < 64; passed += 4) {
    clock.pass(4)
    await scene.sql('update inventory_seen set at = $1 where tenant_id = $2', clock.now(), scene.tenant.id)
    await scene.tick()
  }
  // Heard of, and not come for it yet: it may still do so.
  expect((await scene.get(id)).state).toBe('running')
  clock.pass(600)
  await scene.tick()
  expect((await scene.get(id)).state).toBe('running')
  await scene.pass(64)
  expect((await scene.get(id)).state).toBe('finished')
})

test('a restored database does not settle before a server starts on it', async () => {
  await scene.started(atOnce)
  await markRestored(server.database.urls.owner, { now: clock.now(), settleSeconds: 5 })
  clock.pass(600)
  await first().tellFacts(runs(versions.before))
  expect(await first().offered()).toBeUndefined()
  await beginSettling(server.database.urls.owner, clock.now())
  clock.pass(6)
  // Another start does not begin it again.
  await beginSettling(server.database.urls.owner, clock.now())
  await first().tellFacts(runs(versions.before))
  expect(await first().offered()).toBeDefined()
})

test('a device that tells of itself everything but what it runs is still asked, and given nothing', async () => {
  await scene.started(atOnce)
  await first().offered()
  await restored()
  await first().tellFacts({ hardwareRevision: 'A', serial: first().about.serial })
  const held = await first().poll()
  expect(held._links.deploymentBase).toBeUndefined()
  expect(held._links.configData).toBeDefined()
})

test('a job that ended while its device was asked is not taken up again', async () => {
  const { id } = await scene.started(atOnce)
  await first().offered()
  await restored()
  await first().tellFacts(runs(versions.after))
  await scene.sql(
    `update deployment_job set state = 'silent', class = 'no-word', ended_at = now() where rollout_id = $1`,
    id,
  )
  await first().poll()
  expect(await scene.states(id)).toEqual({ [first().about.serial]: 'silent no-word' })
})

test('numbers of jobs go on far away also when none was given before the backup', async () => {
  await scene.sql(`select setval('inventory_action_id', 1, false)`)
  await restored()
  const [row] = await scene.sql<{ n: number }>(`select nextval('inventory_action_id')::int as n`)
  expect(row?.n).toBeGreaterThan(2 ** 20)
})
