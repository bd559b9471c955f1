import { jobReasons } from '@suture/contract/reasons.ts'
import { jobStates } from '@suture/contract/states.ts'
import { Link } from '@tanstack/react-router'
import { lookOf } from '../design/status.tsx'
import { type Cluster, clustersOf } from './clusters.ts'
import type { Job } from './kinds.ts'
import { devicePath } from './links.ts'
import { count, figure } from './words.ts'

/** How many devices of a group are named. */
const named = 3

const statesText = (jobs: readonly Job[]): string =>
  jobStates
    .map((state) => [state, jobs.filter((job) => job.state === state).length] as const)
    .filter(([, of]) => of > 0)
    .map(([state, of]) => `${figure(of)} ${lookOf('job', state).word}`)
    .join(', ')

/** The failures that look alike, so that one cause is seen once. */
export function Clusters({ jobs, isAll }: { readonly jobs: readonly Job[]; readonly isAll: boolean }) {
  const clusters = clustersOf(jobs)
  if (clusters.length === 0) return <p className="m pad">No device has failed{isAll ? '' : ' among those shown'}.</p>
  return (
    <div className="scr">
      <table className="top">
        <thead>
          <tr>
            <th className="num">Devices</th>
            <th>Why</th>
            <th>Model and revision</th>
            <th>Which</th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((cluster) => (
            <Row key={cluster.key} cluster={cluster} />
          ))}
        </tbody>
      </table>
      {!isAll && <p className="f t12 pad">Of the newest {count(jobs.length, 'job')}; the table counts all.</p>}
    </div>
  )
}

function Row({ cluster }: { readonly cluster: Cluster }) {
  const { jobs, class: reason, manufacturer, model, hardwareRevision } = cluster
  const more = jobs.length - named
  return (
    <tr>
      <td className="num b">{figure(jobs.length)}</td>
      <td className="why">
        {reason === null ? 'No reason was told' : jobReasons[reason]}
        <div className="f t12">{statesText(jobs)}</div>
      </td>
      <td>
        {manufacturer} {model}
        <div className="f t12">revision {hardwareRevision}</div>
      </td>
      <td className="t12 devices">
        {jobs.slice(0, named).map(({ id, device, deviceName }) => (
          <div key={id} className="nw">
            <Link to={devicePath(device)}>{deviceName}</Link>
          </div>
        ))}
        {more > 0 && <span className="f">and {figure(more)} more</span>}
      </td>
    </tr>
  )
}
