import { listRollouts } from '@suture/contract/deployment.ts'
import { listFeeds } from '@suture/contract/intelligence.ts'
import { getSignerKeys } from '@suture/contract/signing.ts'
import { Link } from '@tanstack/react-router'
import { Glyph } from '../design/glyph.tsx'
import { instant, span } from '../design/time.ts'
import { factsAsOf, staleMs } from '../intelligence/feeds.ts'
import { Account } from './account.tsx'
import { useAsk } from './ask.ts'
import { Caps } from './caps.tsx'
import { Mark } from './mark.tsx'
import { useNow } from './now.ts'
import { open } from './overlay.ts'
import { placesFor } from './places.ts'
import { useCaller, useMay } from './session.ts'

/** The side bar: the eight places, and at its foot the pulse of the system. */
export function Side() {
  const { permissions, sites } = useCaller()
  return (
    <nav className="side" aria-label="Places">
      <div className="brand">
        <Mark />
        <span>Suture</span>
      </div>
      <div className="scope" title="The sites that you may see; nothing of any other is shown or counted">
        {sites === 'all' ? 'All sites' : `${sites.length} ${sites.length === 1 ? 'site' : 'sites'}`}
      </div>
      <button type="button" className="find" onClick={() => open('palette')}>
        <Glyph name="search" size={14} />
        <span>Search or act</span>
        <Caps keys="Mod+k" />
      </button>
      <div className="nav">
        {placesFor(permissions).map(({ name, path, glyph }) => (
          <Link key={path} to={path} activeOptions={{ exact: path === '/' }} activeProps={{ className: 'on' }}>
            <Glyph name={glyph} />
            <span>{name}</span>
            {path === '/rollouts' && <Waiting />}
          </Link>
        ))}
      </div>
      <div className="foot">
        <FeedPulse />
        <SignerPulse />
        <Account />
      </div>
    </nav>
  )
}

/** Rollouts that wait for a person. */
function Waiting() {
  const waiting = useAsk(listRollouts, { query: { state: 'awaiting-approval', limit: 100 } }, { about: 'rollouts' })
  const count = waiting.data?.items.length ?? 0
  if (count === 0) return null
  return (
    <span className="n" title={`${count} waiting for approval`}>
      {count}
    </span>
  )
}

/** How old the facts are that decisions lean on; nothing while that is not known. */
function FeedPulse() {
  const may = useMay('intelligence:read')
  const feeds = useAsk(listFeeds, { query: { limit: 100 } }, { about: 'vulnerabilities', enabled: may })
  const now = useNow()
  if (!feeds.data) return null
  const facts = factsAsOf(feeds.data.items)
  const age = facts && now.getTime() - facts.at.getTime()
  const isStale = age !== null && age > staleMs
  return (
    <div title={facts ? `Collected ${instant(facts.at)} from ${facts.source}` : 'No document of facts is in force'}>
      <Glyph name={facts ? (isStale ? 'stale' : 'bundle') : 'feedoff'} size={14} tone={isStale ? 'soon' : 'idle'} />
      <span>Facts</span>
      <span className="v">{age === null ? 'none yet' : `${span(age)} old`}</span>
    </div>
  )
}

/** The signer beats every few seconds; after this it counts as away. */
const awayMs = 60_000

function SignerPulse() {
  const may = useMay('signing:read')
  const keys = useAsk(getSignerKeys, {}, { about: 'nothing', everyMs: 15_000, enabled: may })
  const now = useNow()
  if (!keys.data) return null
  const seen = keys.data.lastSeen
  const isAway = !seen || now.getTime() - seen.getTime() > awayMs
  return (
    <div title={seen ? `last heard ${seen.toISOString()}` : 'The signer was never heard'}>
      <Glyph name="key" size={14} tone={isAway ? 'danger' : 'closed'} />
      <span>Signer</span>
      <span className="v">{isAway ? 'away' : 'online'}</span>
    </div>
  )
}
