import { reportWeeks } from '@suture/contract/report.ts'
import type { Clock } from '#platform/clock.ts'
import { type Store, withScope } from '#platform/database/store.ts'
import type { Caller } from '#platform/http/caller.ts'
import { exposureByTier, knownOfDevices, nextClocks, rulesInForce } from '../../risk/index.ts'
import { countUpdates, newestKnowledge, packedWithin, siteNames, updatesByWeek } from './management.queries.ts'
import { figuresOf } from './management.ts'

/** Whether things get better, what is due next, and what that was counted from. */
export const getManagementReport = (store: Store, clock: Clock, { scope, tenant }: Caller, days: number) =>
  withScope(store, scope, async (scoped) => {
    const now = clock.now()
    const tiers = await exposureByTier(scoped, now)
    const devices = await knownOfDevices(scoped, now)
    const updates = await countUpdates(scoped, now, days)
    const knowledge = await newestKnowledge(scoped)
    // A figure is as old as the oldest source that it was counted from, and none comes from the future.
    const oldest = Math.min(now.getTime(), ...knowledge.map(({ retrievedAt }) => retrievedAt.getTime()))
    const retrievedAt = knowledge.length === 0 ? undefined : new Date(oldest)
    return {
      asOf: now,
      tenant: tenant.name,
      sites: scope.sites === 'all' ? null : await siteNames(scoped, scope.sites),
      days,
      figures: figuresOf({ tiers, devices, updates, retrievedAt }, now),
      unknown: {
        notJudged: devices.devices - devices.judged,
        undecidableMatch: devices.undecidable,
        silent: devices.silent,
      },
      tiers: [...tiers],
      clocks: [...(await nextClocks(scoped, now, 5))],
      weeks: [...(await updatesByWeek(scoped, now, reportWeeks))],
      heard: { devices: devices.heard, of: devices.devices },
      knowledge,
      rules: await rulesInForce(scoped),
      packs: [...(await packedWithin(scoped, now, days))],
    }
  })
