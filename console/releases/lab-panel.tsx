import type { Reply } from '@suture/contract/client.ts'
import { getLabRun, listLabRuns } from '@suture/contract/lab.ts'
import { Link } from '@tanstack/react-router'
import { Cells as CellList } from '../deployment/cautions.tsx'
import { cellText, count } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { failureWords, type Release, stepWords } from './words.ts'

type Run = Reply<typeof listLabRuns>['items'][number]
type RunDetail = Reply<typeof getLabRun>
type Trial = RunDetail['trials'][number]
type Cells = NonNullable<RunDetail['verdict']>['uncovered']

interface Given {
  readonly release: Release
  /** The test to look into; the newest if there is none. */
  readonly run: string | undefined
}

/** What the lab found: each test, how each rig passed through it, and what no rig stood for. */
export function LabPanel({ release, run }: Given) {
  const runs = useAsk(listLabRuns, { query: { release: release.id, limit: 50 } }, { about: 'lab' })
  return (
    <Panel
      title="Lab"
      aside={release.verdict ? `newest verdict: ${release.verdict.verdict}, ${instant(release.verdict.at)}` : undefined}
      flush
    >
      <Asked of={runs} what="The tests of the release">
        {({ items }) => {
          const shown = items.find(({ id }) => id === run) ?? items[0]
          if (shown === undefined)
            return (
              <Begin title="Not tested yet" command={`suture lab test ${release.id}`}>
                The lab installs it on a rig of each revision that it is for, watches the rig start and work, and goes
                back. Only what passed is published.
              </Begin>
            )
          return (
            <>
              <Runs runs={items} shown={shown.id} />
              <Trials run={shown.id} />
            </>
          )
        }}
      </Asked>
    </Panel>
  )
}

const Runs = ({ runs, shown }: { readonly runs: readonly Run[]; readonly shown: string }) => (
  <div className="scr">
    <table>
      <thead>
        <tr>
          <th scope="col">Test</th>
          <th scope="col">Verdict</th>
          <th scope="col">By</th>
          <th scope="col">Ended</th>
        </tr>
      </thead>
      <tbody>
        {runs.map(({ id, state, startedAt, startedBy, endedAt }) => (
          <tr key={id} className={id === shown ? 'cur' : ''}>
            <td className="nw">
              <Link
                from="/releases/$id"
                to="."
                search={{ run: id }}
                resetScroll={false}
                replace
                className="plain b"
                aria-current={id === shown ? 'true' : undefined}
              >
                {instant(startedAt)}
              </Link>
            </td>
            <td>
              <Status kind="lab-run" value={state} />
            </td>
            <td>{startedBy}</td>
            <td className="nw">{endedAt ? instant(endedAt) : <span className="f">not yet</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

function Trials({ run }: { readonly run: string }) {
  const found = useAsk(getLabRun, { params: { id: run } }, { about: 'lab' })
  return (
    <Asked of={found} what="The test">
      {({ trials, verdict, startedAt }) => (
        <>
          <div className="pad rowline">
            <h3>What each rig went through in the test of {instant(startedAt)}</h3>
          </div>
          <div className="scr">
            <table className="top">
              <thead>
                <tr>
                  <th scope="col">Rig</th>
                  <th scope="col">Stood for</th>
                  <th scope="col">Came out</th>
                  <th scope="col">What happened</th>
                </tr>
              </thead>
              <tbody>
                {trials.map((trial) => (
                  <TrialRow key={trial.id} trial={trial} />
                ))}
              </tbody>
            </table>
          </div>
          {verdict && <Uncovered cells={verdict.uncovered} />}
        </>
      )}
    </Asked>
  )
}

const TrialRow = ({
  trial: { rig, device, cell, step, outcome, failure, detail, said },
}: {
  readonly trial: Trial
}) => (
  <tr>
    <td className="nw">
      <Link to="/devices/$id" params={{ id: device }} className="plain b">
        {rig}
      </Link>
    </td>
    <td className="said">
      {cell.model} revision {cell.hardwareRevision} <span className="f">{cellText(cell)}</span>
    </td>
    <td>
      {outcome ? (
        <Status kind="lab-run" value={outcome} />
      ) : (
        <Status kind="lab-run" value="running" says={stepWords[step]} />
      )}
    </td>
    <td className="said">
      {failure ? (
        `${failureWords[failure]}.${detail === null ? '' : ` ${detail}`}`
      ) : (
        <span className="f">{detail ?? said}</span>
      )}
    </td>
  </tr>
)

const Uncovered = ({ cells }: { readonly cells: Cells }) => (
  <div className="pad rowline stack tight t12">
    <p className="m">
      {cells.length === 0
        ? 'A rig stood for every kind of device that the fleet had then and that the release is for.'
        : `No rig stood for ${count(cells.length, 'kind')} of device that the fleet had then:`}
    </p>
    {cells.length > 0 && <CellList cells={cells} />}
  </div>
)
