import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { networkFault } from '#platform/network.ts'
import { Refusal } from '#platform/refusal.ts'
import { insertSite, isNameTaken, updateSite, viewSite } from './site.queries.ts'

function mustBeNetworks(networks: readonly string[]): void {
  const errors = networks.flatMap((text, at) => {
    const fault = networkFault(text)
    return fault === undefined ? [] : [{ field: `/probeNetworks/${at}`, message: `${text} ${fault}` }]
  })
  if (errors.length > 0) throw new Refusal('inventory/network-refused', { errors })
}

/** Makes a site; Suture sends nothing there by itself unless it names networks. */
export const createSite = (
  store: Store,
  clock: Clock,
  scope: Scope,
  given: { readonly name: string; readonly probeNetworks: readonly string[] },
) =>
  withScope(store, scope, async (scoped) => {
    mustSeeAllSites(scope)
    mustBeNetworks(given.probeNetworks)
    const stored = await insertSite(scoped, given.name, given.probeNetworks, clock.now())
    if (!stored) throw new Refusal('inventory/site-name-taken', { name: given.name })
    const detail = { name: given.name, probeNetworks: [...given.probeNetworks] }
    await emit(scoped, clock, { kind: 'site.created', subject: String(stored.id), detail })
    return mustBeThere(await viewSite(scoped, stored.id))
  })

function mustBeThere<T>(site: T | undefined): T {
  if (!site) throw new Refusal('inventory/site-unknown')
  return site
}

/** A site as it may be edited. */
export const getSite = (store: Store, scope: Scope, id: number) =>
  withScope(store, scope, async (scoped) => {
    const { devices: _, ...site } = mustBeThere(await viewSite(scoped, id))
    return site
  })

/** Renames a site or changes its networks; what changes nothing is no event. */
export const changeSite = (
  store: Store,
  clock: Clock,
  scope: Scope,
  id: number,
  change: { readonly name?: string | undefined; readonly probeNetworks?: readonly string[] | undefined },
) =>
  withScope(store, scope, async (scoped) => {
    mustBeNetworks(change.probeNetworks ?? [])
    const before = mustBeThere(await viewSite(scoped, id))
    const detail = {
      name: change.name ?? before.name,
      probeNetworks: [...(change.probeNetworks ?? before.probeNetworks)],
    }
    const isSame = detail.name === before.name && String(detail.probeNetworks) === String(before.probeNetworks)
    if (isSame) return before
    await updateSite(scoped, id, detail.name, detail.probeNetworks)
    await emit(scoped, clock, { kind: 'site.changed', subject: String(id), detail })
    return { ...before, ...detail }
  }).catch((error: unknown) => {
    throw isNameTaken(error) ? new Refusal('inventory/site-name-taken', { name: change.name }) : error
  })
