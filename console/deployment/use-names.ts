import { listUsers } from '@suture/contract/auth.ts'
import { listReleases } from '@suture/contract/releases.ts'
import { useAsk } from '../shell/ask.ts'
import { useCaller, useMay } from '../shell/session.ts'
import { releaseText } from './words.ts'

/** What releases are called, for those who may see them; one request for as many as a page needs. */
export function useReleaseNames(): (release: string) => string | undefined {
  const may = useMay('releases:read')
  const releases = useAsk(listReleases, { query: { limit: 500 } }, { about: 'releases', enabled: may })
  const names = new Map(releases.data?.items.map((each) => [each.id, releaseText(each)]))
  return (release) => names.get(release)
}

/** What people are called, as far as whoever looks may know it; everybody knows themselves. */
export function usePersonNames(): (person: string) => string | undefined {
  const caller = useCaller()
  const may = useMay('platform:read-users')
  const people = useAsk(listUsers, { query: { limit: 500 } }, { about: 'people', enabled: may })
  const names = new Map(people.data?.items.map(({ id, name }) => [id, name]))
  return (person) => (person === caller.id ? 'you' : names.get(person))
}
