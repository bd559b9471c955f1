import { setTimeout as after } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { TenantId } from './id.ts'
import { createLog } from './log.ts'
import { startTicker } from './ticker.ts'

const [one, two] = [1, 2] as unknown as [TenantId, TenantId]

test('what failed in a turn that was taken all the same makes the next one no fresh one', async () => {
  const fresh: boolean[] = []
  const ticker = startTicker({
    name: 'test',
    everyMs: 1,
    log: createLog('silent' as 'fatal'),
    tenants: async () => [{ id: one }],
    run: async (_tenant, isFresh) => {
      fresh.push(isFresh)
      return [new Error('one rollout of many')]
    },
  })
  onTestFinished(() => ticker.stop())
  while (fresh.length < 4) await after(1)
  await ticker.stop()
  expect(fresh.slice(0, 4)).toEqual([true, false, false, false])
})

test('a turn is fresh when it is the first of a tenant or follows one that failed, for whatever reason', async () => {
  const turns: string[] = []
  let rounds = 0
  const ticker = startTicker({
    name: 'test',
    everyMs: 1,
    log: createLog('silent' as 'fatal'),
    tenants: async () => {
      rounds++
      if (rounds === 5) throw new Error('the database is away')
      return [{ id: one }, { id: two }]
    },
    run: async (tenant, isFresh) => {
      turns.push(`${rounds} ${tenant} ${isFresh}`)
      if (rounds === 2 && tenant === two) throw new Error('a turn that fails')
      return []
    },
  })
  onTestFinished(() => ticker.stop())
  while (rounds < 8) await after(1)
  await ticker.stop()
  expect(turns.filter((turn) => turn.endsWith('true'))).toEqual([
    '1 1 true',
    '1 2 true',
    '3 2 true',
    '6 1 true',
    '6 2 true',
  ])
})
