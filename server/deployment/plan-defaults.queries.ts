import { firstDefaults, type PlanDefaults, type ProfileName } from '@suture/contract/profiles.ts'
import type { Scoped } from '#platform/database/store.ts'

/** What new plans begin from, and who chose it. */
export async function viewPlanDefaults({ db }: Scoped) {
  const row = await db.selectFrom('deployment_plan_defaults').selectAll().executeTakeFirst()
  if (!row) return { ...firstDefaults, profile: null, setBy: null, setAt: null }
  const { preset, silence_seconds, hours, profile, set_by, set_at } = row
  return { preset, silenceSeconds: silence_seconds, hours, profile, setBy: set_by, setAt: set_at }
}

/** Has new plans begin from this. */
export async function putPlanDefaults(
  { db, scope }: Scoped,
  { preset, silenceSeconds, hours }: PlanDefaults,
  { profile, now }: { readonly profile: ProfileName | null; readonly now: Date },
): Promise<void> {
  const values = { profile, preset, silence_seconds: silenceSeconds, hours, set_by: scope.actor.name, set_at: now }
  await db
    .insertInto('deployment_plan_defaults')
    .values({ tenant_id: scope.tenant, ...values })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(values))
    .execute()
}
