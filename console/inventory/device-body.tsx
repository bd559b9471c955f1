import type { Reply } from '@suture/contract/client.ts'
import type { listJobs } from '@suture/contract/deployment.ts'
import { listDeviceClocks, type listFindings } from '@suture/contract/risk.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Asked } from '../design/asked.tsx'
import { Empty } from '../design/faces.tsx'
import { Panel } from '../design/panel.tsx'
import { WhyFinding } from '../risk/why-finding.tsx'
import { useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import type { DevicePageSearch, DeviceTab } from './device-filter.ts'
import { DeviceRail } from './device-rail.tsx'
import { noFinding, notCounted } from './device-said.ts'
import { BillsTable, FindingsTable, JobsTable } from './device-tables.tsx'
import { DeviceTimeline } from './device-timeline.tsx'
import { type DeviceDetail, momentsOf } from './timeline.ts'

const route = getRouteApi('/frame/devices/$id')

interface Given {
  readonly device: DeviceDetail
  readonly findings: UseQueryResult<Reply<typeof listFindings>, Error>
  readonly jobs: UseQueryResult<Reply<typeof listJobs>, Error>
  readonly now: Date
}

/** The parts of a device’s page, the rail, and the explanation of a finding. */
export function DeviceBody(given: Given) {
  const { device, findings, now } = given
  const { tab = 'timeline', why } = route.useSearch()
  const navigate = route.useNavigate()
  const go = (part: DevicePageSearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
  return (
    <>
      <Tabs {...given} />
      <div className="lay">
        <div className="stack">{partOf(tab, given, go)}</div>
        <DeviceRail device={device} findings={findings} now={now} />
      </div>
      {why !== undefined && (
        <WhyFinding
          device={device.id}
          vulnerability={why}
          onClose={() =>
            void navigate({ search: ({ why: _, ...before }) => before, replace: true, resetScroll: false })
          }
        />
      )}
    </>
  )
}

function Tabs({ device, findings, jobs }: Given) {
  const { tab = 'timeline' } = route.useSearch()
  const [mayFindings, mayJobs] = [useMay('risk:read'), useMay('deployment:read')]
  const some = jobs.data && `${jobs.data.items.length}${jobs.data.next ? '+' : ''}`
  const tabs: readonly (readonly [DeviceTab, string, ReactNode, boolean])[] = [
    ['timeline', 'Timeline', undefined, true],
    ['findings', 'Findings', findings.data?.counts.findings || undefined, mayFindings],
    ['bills', 'Bills', device.bills.length, true],
    ['jobs', 'Jobs', some, mayJobs],
  ]
  return (
    <nav className="tabs" aria-label="Parts of the device">
      {tabs
        .filter(([, , , may]) => may)
        .map(([name, word, count]) => (
          <Link
            key={name}
            from="/devices/$id"
            to="."
            search={name === 'timeline' ? {} : { tab: name }}
            className={name === tab ? 'on' : ''}
            aria-current={name === tab ? 'page' : undefined}
            resetScroll={false}
          >
            {word}
            {count !== undefined && <span className="n">{count}</span>}
          </Link>
        ))}
    </nav>
  )
}

function partOf(tab: DeviceTab, given: Given, go: (part: DevicePageSearch) => void): ReactNode {
  const { device, findings, jobs, now } = given
  if (tab === 'findings') return <Findings {...given} onWhy={(why) => go({ why })} />
  if (tab === 'jobs') return <Jobs {...given} />
  if (tab === 'bills')
    return (
      <Panel
        title="What it ran, as it was believed"
        aside={device.bills.length >= 100 ? 'the newest hundred' : 'newest first'}
        flush
      >
        <div className="scr">
          <BillsTable bills={device.bills} />
        </div>
      </Panel>
    )
  return <Timeline {...{ device, now, go }} jobs={jobs} findings={findings} />
}

function Timeline({ device, findings, jobs, now, go }: Given & { readonly go: (part: DevicePageSearch) => void }) {
  const { over } = route.useSearch()
  const moments = momentsOf(device, jobs.data?.items ?? [], findings.data?.items ?? [], now)
  const missing = [jobs.error && 'Jobs', findings.error && 'Deadlines'].filter((each) => each)
  return (
    <>
      {(jobs.isLoading || findings.isLoading) && (
        <p className="f" role="status" aria-busy="true">
          Asking for jobs and deadlines: the timeline is without them until they are here.
        </p>
      )}
      {missing.length > 0 && (
        <div className="call c-soon" role="status">
          {missing.join(' and ')} could not be loaded, so the timeline is without them.
        </div>
      )}
      <DeviceTimeline moments={moments} now={now} over={over} onOver={(chosen) => go({ over: chosen })} />
    </>
  )
}

const Findings = ({ device, findings, now, onWhy }: Given & { readonly onWhy: (vulnerability: string) => void }) => (
  <Panel title="Findings" aside="the first deadline first" flush>
    <Asked of={findings} what="The findings">
      {({ items, next }) =>
        items.length === 0 ? (
          <NoFinding device={device} />
        ) : (
          <div className="scr">
            <FindingsTable {...{ now, onWhy }} findings={items} />
            {next !== undefined && <p className="pad f t12 rowline">These are the first {items.length}.</p>}
          </div>
        )
      }
    </Asked>
  </Panel>
)

function NoFinding({ device }: Pick<Given, 'device'>) {
  const reason = notCounted(device)
  const clocks = useAsk(
    listDeviceClocks,
    { query: { devices: device.id } },
    { about: 'decisions', enabled: reason === undefined },
  )
  const way = <Link to="/risk">Show what was decided elsewhere</Link>
  if (reason !== undefined)
    return (
      <Empty title="No finding" way={way}>
        {reason}
      </Empty>
    )
  return (
    <Asked of={clocks} what="Whether its bill was compared">
      {({ items }) => (
        <Empty title="No finding" way={way}>
          {noFinding(items[0]?.isJudged === true)}
        </Empty>
      )}
    </Asked>
  )
}

const Jobs = ({ jobs, now }: Given) => (
  <Panel title="Jobs" aside="newest first" flush>
    <Asked of={jobs} what="The jobs">
      {({ items, next }) =>
        items.length === 0 ? (
          <Empty title="No job yet" way={<Link to="/rollouts">Show the rollouts</Link>}>
            When the wave of a rollout opens and the device asks for work, its job appears here.
          </Empty>
        ) : (
          <div className="scr">
            <JobsTable jobs={items} now={now} />
            {next !== undefined && <p className="pad f t12 rowline">These are the newest {items.length}.</p>}
          </div>
        )
      }
    </Asked>
  </Panel>
)
