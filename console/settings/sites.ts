import type { getUser } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import { listSites } from '@suture/contract/inventory.ts'
import { useAsk } from '../shell/ask.ts'

export type Sites = Reply<typeof getUser>['sites']

/** Sites as people call them. */
export function useSiteNames(): (sites: Sites) => string {
  const { data } = useAsk(listSites, { query: { limit: 500 } }, { about: 'devices' })
  const names = new Map(data?.items.map(({ id, name }) => [id, name]))
  return (sites) => {
    if (sites === 'all') return 'all sites'
    return sites.map((id) => names.get(id) ?? `site ${id}`).join(', ') || 'no site'
  }
}
