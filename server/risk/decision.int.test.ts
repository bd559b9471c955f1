import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '@suture/contract/client.ts'
import { importDevices } from '@suture/contract/inventory.ts'
import { explainDecision } from '@suture/contract/risk.ts'
import {
  day,
  device,
  endOf,
  handlers,
  netbox,
  onRiskStage,
  type RiskScene,
  scripted,
  vision,
  written,
} from '@suture/testing/risk-scene.ts'
import { describe, expect, test } from 'vitest'
import { feeds, reactions } from '#app.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { react } from '#platform/tasks/reaction.ts'
import { startWorker } from '#platform/tasks/worker.ts'
import { startTicker } from '#platform/ticker.ts'
import { decide, type Inputs } from './decisions/decide.ts'

let scene: RiskScene
onRiskStage((made) => {
  scene = made
})

const events = () =>
  scene.sql<{ subject: string; detail: object }>(
    `select subject, detail from platform_event where tenant_id = $1 and kind = 'decision.changed' order by id`,
    scene.tenant.id,
  )

describe('a decision', () => {
  test('is made again when a feed brings a listing: stricter, from the day on which it became known here', async () => {
    await scene.learn(({ kev: _, ...each }) => each)
    const one = device({ exposure: 'internal' })
    await scene.have(one)
    await scene.work()
    expect((await scene.findings()).items[0]).toMatchObject({ outcome: '60D', dueAt: endOf('2026-12-31') })
    scene.time = day('2026-11-10')
    await scene.learn()
    await scene.work()
    expect((await scene.findings()).items[0]).toMatchObject({ outcome: '3DF', dueAt: endOf('2026-11-13') })
    expect(await events()).toEqual([
      { subject: vision, detail: { made: 1, stricter: 0, milder: 0, mostUrgent: '60D' } },
      { subject: vision, detail: { made: 0, stricter: 1, milder: 0, mostUrgent: '3DF' } },
    ])
    const told = await call(scene.tenant.people.viewer, explainDecision, {
      params: { id: one.uid, vulnerability: vision },
    })
    expect(told).toMatchObject({
      row: 14,
      outcome: '3DF',
      days: 3,
      facts: {
        publiclyExposed: { value: 'no', source: 'inventory: internal' },
        inKev: { value: 'yes', at: '2023-12-11', knownAt: scene.time },
        automatable: { value: 'yes' },
        technicalImpact: { value: 'total' },
      },
      clockStart: scene.time,
      before: { outcome: '60D', dueAt: endOf('2026-12-31') },
      otherwise: expect.arrayContaining([{ fact: 'inKev', value: 'no', outcome: '60D' }]),
    })
  })

  test('that comes out the same keeps its clock, and tells nothing', async () => {
    await scene.learn()
    await scene.have(device())
    await scene.work()
    const before = await scene.findings()
    scene.time = day('2026-11-20')
    await scene.learn((each) => ({ ...each, references: [] }))
    await scene.work()
    expect((await scene.findings()).items).toEqual(before.items)
    expect(await events()).toHaveLength(1)
  })

  test('made again from what was stored with it is the one that was stored', async () => {
    await scene.learn(({ kev: _, ...each }) => each)
    await scene.have(device(), device({ exposure: 'internal' }), device({ firmware: 'unreadable' }))
    await scene.work()
    scene.time = day('2026-11-03')
    await scene.learn()
    await scene.work()
    const rows = await scene.sql<{
      inputs: Inputs
      table_row: number
      outcome: string
      clock_start: Date
      due_at: Date | null
      insufficient: string[]
    }>(
      'select inputs, table_row, outcome, clock_start, due_at, insufficient from risk_decision where tenant_id = $1',
      scene.tenant.id,
    )
    expect(rows).toHaveLength(3)
    for (const { inputs, ...stored } of rows) {
      const { row, clock, insufficient } = decide(inputs)
      expect({
        table_row: row,
        outcome: clock.outcome,
        clock_start: clock.start,
        due_at: clock.due,
        insufficient,
      }).toEqual(stored)
    }
  })

  test('ends with its match', async () => {
    await scene.learn()
    await scene.have(device())
    await scene.work()
    await scene.learn((each) => ({ ...each, affected: [] }))
    await scene.work()
    expect(await scene.sql('select from risk_decision where tenant_id = $1', scene.tenant.id)).toEqual([])
  })
})

const row = {
  serial: 'S-1',
  manufacturer: 'Unitronics',
  model: 'Vision',
  type: 'plc',
  hardwareRevision: 'A',
  firmware: '12.37',
  exposure: 'exposed',
} as const

/** What runs beside the API: the worker, the reactions, the look at the feeds. */
async function startWorking() {
  const { worker: store, workerPool: pool } = scene.server.database
  const clock = { now: () => scene.time }
  const log = createLog('fatal')
  const parts = { store, clock, log, tenants: async () => [scene.tenant] }
  const running = [
    await startWorker({ ...parts, pool, metrics: createMetrics(), handlers, recurring: [], places: 4 }),
    await feeds.watch({ ...parts, home: scene.server.home }),
    startTicker({
      ...parts,
      name: 'reactions',
      everyMs: 50,
      run: async (id) => {
        await react(store, clock, id, reactions)
        return []
      },
    }),
  ]
  return async () => {
    for (const each of running.reverse()) await each.stop()
  }
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const enough = AbortSignal.timeout(30_000)
  while (!(await condition())) if (enough.aborted) throw new Error('It did not happen in time')
}

test('an imported device and a document that is handed in lead to a decision without anybody asking, and so does a device that comes later', async () => {
  const stop = await startWorking()
  const bring = (...devices: object[]) =>
    call(scene.tenant.people.operator, importDevices, { body: { devices: devices as never, dryRun: false } })
  await bring(row)
  const file = join(scene.server.home, 'facts.json')
  writeFileSync(file, written())
  await feeds.submit(scene.server.home, file)
  const outcomes = async () =>
    (await scene.findings()).items.map((each) => `${each.device.serial} ${each.vulnerability} ${each.outcome}`)
  await eventually(async () => (await outcomes()).join() === `S-1 ${vision} 3DF`)
  await bring(
    { ...row, serial: 'S-2', ...netbox, exposure: 'isolated' },
    { ...row, serial: 'S-3', exposure: 'isolated' },
  )
  await eventually(async () => {
    const { counts, items } = await scene.findings()
    return counts.undecided === 0 && items.length === 5
  })
  await stop()
  const found = await outcomes()
  expect(found).toContain(`S-2 ${scripted} 60D`)
  expect(found).toContain(`S-3 ${vision} 3DF`)
}, 120_000)
