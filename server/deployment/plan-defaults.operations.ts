import { PlanDefaults, type ProfileName, profiles } from '@suture/contract/profiles.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { putPlanDefaults, viewPlanDefaults } from './plan-defaults.queries.ts'

/** Has new plans begin from what a profile sets. It is a choice even where it changes no value, and recorded. */
export const chooseProfile = (store: Store, clock: Clock, scope: Scope, profile: ProfileName) =>
  withScope(store, scope, async (scoped) => {
    mustSeeAllSites(scope)
    const { sets } = profiles[profile]
    await putPlanDefaults(scoped, sets, { profile, now: clock.now() })
    await emit(scoped, clock, { kind: 'profile.chosen', subject: profile, detail: { profile, ...sets } })
    return viewPlanDefaults(scoped)
  })

/** Changes a part of what new plans begin from; what changes nothing is no event, and leaves the profile. */
export const changePlanDefaults = (
  store: Store,
  clock: Clock,
  scope: Scope,
  change: { readonly [K in keyof PlanDefaults]?: PlanDefaults[K] | undefined },
) =>
  withScope(store, scope, async (scoped) => {
    mustSeeAllSites(scope)
    const before = await viewPlanDefaults(scoped)
    const detail = {
      preset: change.preset ?? before.preset,
      silenceSeconds: change.silenceSeconds ?? before.silenceSeconds,
      hours: change.hours ?? before.hours,
    }
    const fields = Object.keys(PlanDefaults.shape) as (keyof PlanDefaults)[]
    if (fields.every((field) => detail[field] === before[field])) return before
    await putPlanDefaults(scoped, detail, { profile: null, now: clock.now() })
    await emit(scoped, clock, { kind: 'plan-defaults.changed', subject: 'plan-defaults', detail })
    return viewPlanDefaults(scoped)
  })
