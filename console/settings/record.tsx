import { listEvents } from '@suture/contract/platform.ts'
import { getRouteApi, Link } from '@tanstack/react-router'
import { usePersonNames } from '../deployment/use-names.ts'
import { Asked } from '../design/asked.tsx'
import { Empty } from '../design/faces.tsx'
import { Glyph } from '../design/glyph.tsx'
import type { GlyphName } from '../design/glyph-names.ts'
import { Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { Paging } from '../shell/paging.tsx'
import { detailText, type EventRecord, pageOf } from './event-words.ts'
import { RecordFilters } from './record-filters.tsx'

const route = getRouteApi('/frame/settings')

/** Who did what, newest first; the first page goes on by itself. */
export function RecordOfEvents() {
  const { kind, actor, cursor } = route.useSearch()
  const query = {
    limit: 100,
    ...(kind === undefined ? {} : { kind }),
    ...(actor === undefined ? {} : { actor }),
    ...(cursor === undefined ? {} : { cursor }),
  }
  const events = useAsk(listEvents, { query }, { about: 'nothing', everyMs: cursor === undefined ? 10_000 : false })
  return (
    <div className="stack">
      <RecordFilters kind={kind} actor={actor} seen={events.data?.items ?? []} />
      <Panel title="Events" aside="newest first" flush>
        <Asked of={events} what="The record">
          {({ items, next }) => (
            <>
              {items.length === 0 ? (
                <Empty
                  title={cursor === undefined ? 'Nothing in the record fits' : 'Nothing older fits'}
                  way={
                    <Link to="/settings" search={{ tab: 'record' }}>
                      Show the whole record
                    </Link>
                  }
                >
                  Whatever somebody does is added here as they do it, and stays.
                </Empty>
              ) : (
                <Table events={items} />
              )}
              <Paging cursor={cursor} next={next} words={['Newest', 'Older']} />
            </>
          )}
        </Asked>
      </Panel>
    </div>
  )
}

const Table = ({ events }: { readonly events: readonly EventRecord[] }) => (
  <div className="scr">
    <table className="top">
      <thead>
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>Of</th>
          <th>Detail</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Row key={event.position} event={event} />
        ))}
      </tbody>
    </table>
  </div>
)

const actors: Readonly<Record<EventRecord['actor']['kind'], GlyphName>> = {
  user: 'person',
  token: 'key',
  system: 'n-set',
}

/** A click on who or what narrows the record to that. */
const Row = ({ event: { at, actor, kind, subject, detail } }: { readonly event: EventRecord }) => (
  <tr>
    <td className="when">
      {instant(at)}
      <div className="f t12">{at.toISOString().slice(17, 23)} s</div>
    </td>
    <td>
      <Link to="/settings" search={{ tab: 'record', actor: actor.id }} className="plain st" title="Only what they did">
        <Glyph name={actors[actor.kind]} tone="idle" /> {actor.name}
      </Link>
      {actor.kind !== 'user' && <div className="f t12">{actor.kind === 'token' ? 'machine token' : actor.id}</div>}
    </td>
    <td className="nw">
      <Link to="/settings" search={{ tab: 'record', kind }} className="plain b" title="Only this kind">
        {kind}
      </Link>
    </td>
    <td>
      <Subject kind={kind} subject={subject} />
    </td>
    <td className="m detail">{detailText(detail)}</td>
  </tr>
)

function Subject({ kind, subject }: Pick<EventRecord, 'kind' | 'subject'>) {
  const name = usePersonNames()(subject)
  const page = pageOf(kind)
  if (name !== undefined) return name
  const short = subject.length > 20 ? `${subject.slice(0, 8)}…${subject.slice(-4)}` : subject
  if (page === undefined)
    return (
      <span className="mono nw" title={subject}>
        {short}
      </span>
    )
  return (
    <Link to={page} params={{ id: subject }} className="mono nw" title={subject}>
      {short}
    </Link>
  )
}
