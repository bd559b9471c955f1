import type { Reply } from '@suture/contract/client.ts'
import { listFeeds } from '@suture/contract/intelligence.ts'
import { short } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { day, instant, span } from '../design/time.ts'
import { Wide } from '../design/wide.tsx'
import { useAsk } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { factsAsOf, staleMs } from './feeds.ts'

const useFeeds = () => useAsk(listFeeds, { query: { limit: 100 } }, { about: 'vulnerabilities' })

/** Said before anything that leans on them: that the facts are too old, or that there are none. */
export function FactsAge() {
  const feeds = useFeeds()
  const now = useNow()
  if (!feeds.data) return null
  const facts = factsAsOf(feeds.data.items)
  const age = facts ? now.getTime() - facts.at.getTime() : undefined
  if (age !== undefined && age <= staleMs) return null
  return (
    <div className="call c-soon facts-age" role="status">
      <Glyph name={facts ? 'stale' : 'feedoff'} />
      <span>
        {facts && age !== undefined
          ? `The facts are ${span(age)} old: collected ${day(facts.at)}. What was published since then is not known here, so nothing on this page speaks of it.`
          : 'No document of facts is in force, so nothing was compared with anything.'}{' '}
        <span className="mono">suture feed import FILE</span>
      </span>
    </div>
  )
}

/** The documents that the facts came in. */
export function Documents() {
  const feeds = useFeeds()
  return (
    <Panel title="Where the facts come from" aside="newest first" flush>
      <Asked of={feeds} what="The documents of facts">
        {({ items }) =>
          items.length === 0 ? (
            <Begin title="No document was imported yet" command="suture feed import FILE">
              A document holds public facts about vulnerabilities, with their sources and the day of their collection.
            </Begin>
          ) : (
            <Wide>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Collected</th>
                    <th scope="col">Source</th>
                    <th scope="col" className="num">
                      In force
                    </th>
                    <th scope="col">Imported</th>
                    <th scope="col">Document (SHA-256)</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((each) => (
                    <Document key={each.digest} document={each} />
                  ))}
                </tbody>
              </table>
            </Wide>
          )
        }
      </Asked>
    </Panel>
  )
}

const Document = ({ document }: { readonly document: Reply<typeof listFeeds>['items'][number] }) => (
  <tr>
    <td className="nw">{day(document.retrievedAt)}</td>
    <td className="source" title={`${document.source.url}\n${document.source.licence}`}>
      {document.source.name}
    </td>
    <td className="num nw" title="Records of it that nothing newer has replaced">
      {document.inForce} of {document.vulnerabilities}
    </td>
    <td className="nw">{instant(document.importedAt)}</td>
    <td className="mono" title={document.digest}>
      {short(document.digest)}
    </td>
  </tr>
)
