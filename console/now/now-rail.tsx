import type { Reply } from '@suture/contract/client.ts'
import type { getRollout } from '@suture/contract/deployment.ts'
import type { listFindingGroups, listFindings } from '@suture/contract/risk.ts'
import { Link } from '@tanstack/react-router'
import { Clock } from '../design/clock.tsx'
import { Panel } from '../design/panel.tsx'
import { Seam } from '../design/seam.tsx'
import { Status } from '../design/status.tsx'
import { useMay } from '../shell/session.ts'

interface Given {
  readonly groups: readonly Reply<typeof listFindingGroups>['items'][number][]
  readonly rollouts: readonly Reply<typeof getRollout>[]
  readonly counts: Reply<typeof listFindings>['counts']
  readonly now: Date
}

/** Beside the decisions: the next clocks, what is running, and four numbers. */
export function NowRail({ groups, rollouts, counts, now }: Given) {
  const clocks = groups.filter(({ dueAt }) => dueAt !== null).slice(0, 5)
  const mayReport = useMay('compliance:read')
  const running = rollouts.filter(({ state }) => state === 'running' || state === 'paused')
  return (
    <aside className="stack" aria-label="Clocks and numbers">
      <Panel title="Next five clocks" flush>
        {clocks.length === 0 && <p className="pad m">No clock is running.</p>}
        {clocks.map((group) => (
          <div className="ck" key={`${group.manufacturer} ${group.model} ${group.dueAt?.toISOString()}`}>
            {group.dueAt && <Clock dueAt={group.dueAt} now={now} startedAt={group.clockStart ?? undefined} />}
            <div>
              {group.manufacturer} {group.model}
              <div className="f t12">{group.devices} devices</div>
            </div>
          </div>
        ))}
      </Panel>
      <Panel title="Running" flush>
        {running.length === 0 && <p className="pad m">No rollout is running.</p>}
        {running.map((rollout) => (
          <Running key={rollout.id} rollout={rollout} />
        ))}
      </Panel>
      <Panel title="Findings" aside={mayReport ? <ReportLink /> : 'device × vulnerability'} flush>
        <dl className="four">
          <Figure name="Open" value={counts.findings} />
          <Figure name="On devices" value={counts.devices} />
          <Figure name="Overdue" value={counts.overdue} />
          <Figure name="Not decided yet" value={counts.undecided} />
        </dl>
      </Panel>
    </aside>
  )
}

const ReportLink = () => <Link to="/evidence/report">Management report</Link>

const Figure = ({ name, value }: { readonly name: string; readonly value: number }) => (
  <div>
    <dt className="lab">{name}</dt>
    <dd className="t20">{value.toLocaleString('en-GB')}</dd>
  </div>
)

function Running({ rollout }: { readonly rollout: Reply<typeof getRollout> }) {
  const { id, name, devices, state, waves } = rollout
  const verified = waves.reduce((sum, wave) => sum + wave.verified, 0)
  const open = waves.find((wave) => wave.state === 'open' || wave.state === 'observing')
  return (
    <div className="run">
      <div className="btw">
        <Link to="/rollouts/$id" params={{ id }} className="plain b">
          {name}
        </Link>
        <span className="m nw">
          {verified} of {devices}
        </span>
      </div>
      <Seam done={verified} of={devices} label={`${verified} of ${devices} devices verified`} />
      <div className="btw t12">
        <Status kind="rollout" value={state} />
        {open && (
          <span className="f">
            wave {open.no} of {waves.length}
          </span>
        )}
      </div>
    </div>
  )
}
