import { Button } from '@mantine/core'
import { type Cluster, causeText, leftOutTexts } from '@suture/contract/cluster-words.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { lookOf } from '../design/status.tsx'
import { useMay } from '../shell/session.ts'
import { isMoving } from './actions.ts'
import { type Deed, DeedDialog } from './cluster-dialog.tsx'
import type { Rollout } from './kinds.ts'
import { devicePath } from './links.ts'
import { count, figure } from './words.ts'

const statesText = ({ states }: Cluster): string =>
  states.map(({ state, devices }) => `${figure(devices)} ${lookOf('job', state).word}`).join(', ')

interface Given {
  readonly rollout: Rollout
  readonly clusters: readonly Cluster[]
}

/** The failures that look alike, so that one cause is seen once and decided about once. */
export function Clusters({ rollout, clusters }: Given) {
  // The cluster as it was when the dialog opened: what was shown is what is confirmed, and the server says if it changed.
  const [deed, setDeed] = useState<{ readonly what: Deed; readonly cluster: Cluster }>()
  const [said, setSaid] = useState('')
  const may = useMay('deployment:control')
  return (
    <>
      <p className={said === '' ? 'unseen' : 'call c-moving'} role="status">
        {said}
      </p>
      <Retried rollout={rollout} />
      {clusters.length === 0 ? (
        <p className="m pad">No device whose last try failed.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key
        <section className="scr" aria-label="Failures by cause and revision" tabIndex={0}>
          <table className="top">
            <thead>
              <tr>
                <th className="num">Devices</th>
                <th>Why</th>
                <th>Model and revision</th>
                <th>Which</th>
                <th>What to do</th>
              </tr>
            </thead>
            <tbody>
              {clusters.map((cluster) => (
                <Row key={cluster.key} cluster={cluster}>
                  <Deeds {...{ rollout, cluster, may }} onDeed={(what) => setDeed({ what, cluster })} />
                </Row>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {deed && (
        <DeedDialog
          {...{ rollout, deed: deed.what, cluster: deed.cluster }}
          onDone={setSaid}
          onClose={() => setDeed(undefined)}
        />
      )}
    </>
  )
}

/** How the tries went that somebody asked for; waves are judged without them. */
function Retried({ rollout: { waves } }: Pick<Given, 'rollout'>) {
  const sum = (of: (each: Rollout['waves'][number]['retries']) => number) =>
    waves.reduce((total, { retries }) => total + of(retries), 0)
  const [asked, offered] = [sum((each) => each.asked), sum((each) => each.offered)]
  const [ended, verified] = [sum((each) => each.ended), sum((each) => each.verified)]
  if (asked === 0) return null
  return (
    <p className="pad m t12">
      {count(asked, 'more try was', 'more tries were')} asked for: {figure(asked - offered)} still to come,{' '}
      {figure(offered - ended)} under way, {figure(verified)} verified, {figure(ended - verified)} failed again. Waves
      are judged by the first try alone.
    </p>
  )
}

function Row({ cluster, children }: { readonly cluster: Cluster; readonly children: ReactNode }) {
  const { devices, some, manufacturer, model, hardwareRevision } = cluster
  const more = devices - some.length
  return (
    <tr>
      <td className="num b">{figure(devices)}</td>
      <td className="why">
        {causeText(cluster)}
        <div className="f t12">{statesText(cluster)}</div>
      </td>
      <td>
        {manufacturer} {model}
        <div className="f t12">revision {hardwareRevision}</div>
      </td>
      <td className="t12 devices">
        {some.map(({ id, name }) => (
          <div key={id} className="nw">
            <Link to={devicePath(id)}>{name}</Link>
          </div>
        ))}
        {more > 0 && <span className="f">and {figure(more)} more</span>}
      </td>
      <td className="deeds">{children}</td>
    </tr>
  )
}

interface DeedsGiven {
  readonly rollout: Rollout
  readonly cluster: Cluster
  readonly may: boolean
  readonly onDeed: (what: Deed) => void
}

/** What can be done about a cluster, or why nothing can. */
function Deeds({ rollout, cluster, may, onDeed }: DeedsGiven) {
  const { mayRetry, hold, hardwareRevision } = cluster
  const whyNot = leftOutTexts(cluster)
  if (!isMoving(rollout.state)) return <PlanAnother rollout={rollout} cluster={cluster} />
  if (!may) return <span className="f t12">You may look. Trying again and holding is for operators.</span>
  return (
    <div className="stack tight">
      {mayRetry > 0 && (
        <Button size="sm" variant="default" onClick={() => onDeed('retry')}>
          Try {figure(mayRetry)} again…
        </Button>
      )}
      {hold && (
        <Button size="sm" variant="default" onClick={() => onDeed('hold')}>
          Hold revision {hardwareRevision}…
        </Button>
      )}
      {mayRetry === 0 &&
        whyNot.map((text) => (
          <p key={text} className="f t12">
            {text}
          </p>
        ))}
    </div>
  )
}

/** Devices that ended like those of a cluster, as a query; why they did so, a query cannot ask. */
const queryOf = ({ id }: Rollout, { manufacturer, model, hardwareRevision, states }: Cluster): string =>
  [
    exactly('rollout', id),
    `job:(${states.map(({ state }) => state).join(',')})`,
    ...[exactly('vendor', manufacturer), exactly('model', model), exactly('hw', hardwareRevision)],
  ].join(' ')

/** A rollout that is over tries nobody again; the way on is another plan. */
function PlanAnother({ rollout, cluster }: Pick<DeedsGiven, 'rollout' | 'cluster'>) {
  const may = useMay('deployment:plan')
  return (
    <div className="stack tight">
      <span className="f t12">The rollout is over, and tries nobody again.</span>
      {may && (
        <Link to="/rollouts/new" search={{ release: rollout.release, q: queryOf(rollout, cluster) }}>
          Plan another for such devices
        </Link>
      )}
    </div>
  )
}
