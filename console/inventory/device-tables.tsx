import { Button } from '@mantine/core'
import { jobReasons } from '@suture/contract/reasons.ts'
import { outcomeWords } from '@suture/contract/risk-words.ts'
import { Link } from '@tanstack/react-router'
import { Clock } from '../design/clock.tsx'
import { AssuranceMark, Status } from '../design/status.tsx'
import { instant, span } from '../design/time.ts'
import { VulnerabilityLink } from '../intelligence/vulnerability-link.tsx'
import { sourceWords } from './device-said.ts'
import type { DeviceDetail, Finding, Job } from './timeline.ts'

interface FindingsGiven {
  readonly findings: readonly Finding[]
  readonly now: Date
  readonly onWhy: (vulnerability: string) => void
}

/** Each vulnerability that the device has or may have, the first deadline first. */
export const FindingsTable = ({ findings, now, onWhy }: FindingsGiven) => (
  <table>
    <thead>
      <tr>
        <th scope="col">Vulnerability</th>
        <th scope="col">Verdict</th>
        <th scope="col">Decision</th>
        <th scope="col">Due</th>
        <th scope="col">
          <span className="unseen">Why</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {findings.map(({ vulnerability, verdict, outcome, dueAt }) => (
        <tr key={vulnerability}>
          <td>
            <VulnerabilityLink id={vulnerability} />
          </td>
          <td>
            <Status kind="match" value={verdict} />
          </td>
          <td>{outcome ? `fix ${outcomeWords[outcome]}` : <span className="f">not decided yet</span>}</td>
          <td>{dueAt ? <Clock dueAt={dueAt} now={now} /> : <span className="f">no deadline</span>}</td>
          <td className="num">
            <Button
              variant="default"
              size="sm"
              onClick={() => onWhy(vulnerability)}
              aria-label={`Why ${vulnerability}`}
              aria-keyshortcuts="w"
              data-row
            >
              Why
            </Button>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

/** What the device ran, as it was believed, the newest first. */
export const BillsTable = ({ bills }: Pick<DeviceDetail, 'bills'>) => (
  <table>
    <thead>
      <tr>
        <th scope="col">Bill</th>
        <th scope="col">From</th>
        <th scope="col">To</th>
        <th scope="col">Known by</th>
        <th scope="col">Evidence</th>
      </tr>
    </thead>
    <tbody>
      {bills.map(({ bill, from, to, assurance, evidence }) => (
        <tr key={from.toISOString()}>
          <td className="mono" title={bill}>
            {bill.slice(0, 16)}
          </td>
          <td className="nw">{instant(from)}</td>
          <td className="nw">{to ? instant(to) : <b>now</b>}</td>
          <td>
            <AssuranceMark value={assurance} />
          </td>
          <td>
            {sourceWords(evidence.source)} <span className="mono f">{evidence.ref}</span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

/** The device’s passages through rollouts, the newest first. */
export const JobsTable = ({ jobs, now }: { readonly jobs: readonly Job[]; readonly now: Date }) => (
  <table className="top">
    <thead>
      <tr>
        <th scope="col">Job</th>
        <th scope="col">Versions</th>
        <th scope="col">Offered</th>
        <th scope="col">Took</th>
        <th scope="col">Known by</th>
        <th scope="col">Rollout</th>
      </tr>
    </thead>
    <tbody>
      {jobs.map((job) => (
        <tr key={job.id}>
          <td>
            <Status kind="job" value={job.state} />
            {job.class && <p className="m t12 reason">{jobReasons[job.class]}</p>}
          </td>
          <td>
            {job.versionBefore} → {job.versionWanted}
            {job.versionAfter !== null && job.versionAfter !== job.versionWanted && (
              <p className="t12 c-danger">found: {job.versionAfter}</p>
            )}
          </td>
          <td className="nw">{instant(job.offeredAt)}</td>
          <td className="nw">
            {span((job.endedAt ?? now).getTime() - job.offeredAt.getTime())}
            {job.endedAt === null && ' so far'}
          </td>
          <td>{job.assurance ? <AssuranceMark value={job.assurance} /> : <span className="f">not read</span>}</td>
          <td className="nw">
            <Link to="/rollouts/$id" params={{ id: job.rollout }} data-row>
              wave {job.wave}
            </Link>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
