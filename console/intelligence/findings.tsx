import type { Reply } from '@suture/contract/client.ts'
import { listFindings } from '@suture/contract/risk.ts'
import { outcomeWords } from '@suture/contract/risk-words.ts'
import { getRouteApi, Link } from '@tanstack/react-router'
import { count, figure } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Clock } from '../design/clock.tsx'
import { Empty } from '../design/faces.tsx'
import { Status } from '../design/status.tsx'
import { useAsk } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { Paging } from '../shell/paging.tsx'
import { FindingFilters } from './finding-filters.tsx'
import { filterOf } from './search.ts'
import { VulnerabilityLink } from './vulnerability-link.tsx'

type Page = Reply<typeof listFindings>

const route = getRouteApi('/frame/vulnerabilities')

/** The findings one by one, the earliest deadline first, narrowed by what the address says. */
export function Findings() {
  const { cursor, ...search } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = filterOf(search)
  const query = { ...filter, limit: 100, ...(cursor === undefined ? {} : { cursor }) }
  const found = useAsk(listFindings, { query }, { about: 'decisions' })
  const isFiltered = Object.keys(filter).length > 0
  return (
    <>
      <FindingFilters
        filter={filter}
        onChange={(chosen) => void navigate({ search: { tab: 'findings', ...chosen }, replace: true })}
      />
      <section className="panel" aria-label="Findings">
        <Asked of={found} what="The findings">
          {({ items, counts, next }) => (
            <>
              <header>
                <h2 aria-live="polite">{count(counts.findings, 'finding')}</h2>
                <span className="f t12">device × vulnerability, the earliest deadline first</span>
                <span className="r f t12">{restOf(counts)}</span>
              </header>
              {items.length === 0 ? (
                <Nothing isFiltered={isFiltered} isFirst={cursor === undefined} />
              ) : (
                <Table findings={items} />
              )}
              <Paging cursor={cursor} next={next} words={['The first ones', 'The next ones']} />
            </>
          )}
        </Asked>
      </section>
    </>
  )
}

const restOf = ({ devices, vulnerabilities, overdue, undecided }: Page['counts']): string =>
  [
    `on ${count(devices, 'device')}`,
    `of ${count(vulnerabilities, 'vulnerability', 'vulnerabilities')}`,
    ...(overdue > 0 ? [`${figure(overdue)} overdue`] : []),
    ...(undecided > 0 ? [`${figure(undecided)} not decided yet`] : []),
  ].join(', ')

const Nothing = ({ isFiltered, isFirst }: { readonly isFiltered: boolean; readonly isFirst: boolean }) =>
  isFiltered || !isFirst ? (
    <Empty
      title={isFirst ? 'No finding fits the filter' : 'No further finding'}
      way={
        <Link to="/vulnerabilities" search={{ tab: 'findings' }}>
          Show all findings
        </Link>
      }
    >
      A finding stands here while it is open and every part of the filter fits it.
    </Empty>
  ) : (
    <Begin title="No finding is open" command="suture device import FILE.csv">
      A finding appears when something that a device runs matches a vulnerability that is known here, or when nobody can
      tell. A device whose bill was not compared yet has none either.
    </Begin>
  )

function Table({ findings }: { readonly findings: Page['items'] }) {
  const now = useNow()
  return (
    <div className="scr">
      <table className="findings">
        <thead>
          <tr>
            <th scope="col">Vulnerability</th>
            <th scope="col">Device</th>
            <th scope="col">Due</th>
            <th scope="col">Decision</th>
            <th scope="col">Verdict</th>
            <th scope="col">Model and firmware</th>
            <th scope="col">Site</th>
            <th scope="col">
              <span className="unseen">Why</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {findings.map((each) => (
            <Row key={`${each.device.id} ${each.vulnerability}`} finding={each} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The whole row leads to the explanation; what stands in it leads to the vulnerability and to the device. */
const Row = ({ finding, now }: { readonly finding: Page['items'][number]; readonly now: Date }) => {
  const { device, vulnerability, verdict, outcome, dueAt } = finding
  return (
    <tr>
      <td>
        <VulnerabilityLink id={vulnerability} />
      </td>
      <td className="nw">
        <Link to="/devices/$id" params={{ id: device.id }} search={{ tab: 'findings' }} className="plain b">
          {device.name}
        </Link>
      </td>
      <td>{dueAt ? <Clock dueAt={dueAt} now={now} /> : <span className="f">no deadline</span>}</td>
      <td className="decision ell" title={outcome ? `fix ${outcomeWords[outcome]}` : undefined}>
        {outcome ? `fix ${outcomeWords[outcome]}` : <span className="f">not decided yet</span>}
      </td>
      <td>
        <Status kind="match" value={verdict} />
      </td>
      <td className="nw">
        {device.manufacturer} {device.model} <span className="f">{device.firmware}</span>
      </td>
      <td className="nw">{device.site ?? <span className="f">no site</span>}</td>
      <td className="num">
        <Link
          from="/vulnerabilities"
          to="."
          search={(before) => ({ ...before, why: vulnerability, on: device.id })}
          resetScroll={false}
          replace
          className="whole"
          data-row
          aria-keyshortcuts="w"
          aria-label={`Why ${vulnerability} on ${device.name}`}
        >
          Why
        </Link>
      </td>
    </tr>
  )
}
