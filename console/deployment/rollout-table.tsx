import { getRollout } from '@suture/contract/deployment.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { Link } from '@tanstack/react-router'
import { Seam } from '../design/seam.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { isMoving } from './actions.ts'
import { gateOf } from './gate.ts'
import type { Listed } from './kinds.ts'
import { ReleaseLink } from './release-link.tsx'
import { usePersonNames, useReleaseNames } from './use-names.ts'
import { figure, seamText, stitchesOf, verifiedIn } from './words.ts'

/** For how many that move the waves are asked for, each with a request of its own. */
const mostSeams = 5

/** Rollouts as a table, a row each. */
export function RolloutTable({ rollouts }: { readonly rollouts: readonly Listed[] }) {
  const releaseName = useReleaseNames()
  const personName = usePersonNames()
  const withSeam = new Set(
    rollouts
      .filter(({ state }) => isMoving(state))
      .slice(0, mostSeams)
      .map(({ id }) => id),
  )
  return (
    <div className="scr">
      <table className="top rollouts">
        <thead>
          <tr>
            <th>Name</th>
            <th>State</th>
            <th>Release</th>
            <th className="num">Devices</th>
            <th>Progress</th>
            <th>Created</th>
            <th>Why it is there</th>
          </tr>
        </thead>
        <tbody>
          {rollouts.map((each) => (
            <tr key={each.id}>
              <td className="name">
                <Link to="/rollouts/$id" params={{ id: each.id }} className="b" data-row>
                  {each.name}
                </Link>
              </td>
              <td>
                <Status kind="rollout" value={each.state} />
              </td>
              <td>
                <ReleaseLink id={each.release} name={releaseName(each.release)} />
              </td>
              <td className="num">{figure(each.devices)}</td>
              <td className="how">{withSeam.has(each.id) ? <Moving id={each.id} /> : <Ended of={each} />}</td>
              <td className="nw">
                {instant(each.createdAt)}
                <div className="f t12">by {personName(each.createdBy) ?? `person ${each.createdBy.slice(0, 8)}`}</div>
              </td>
              <td className="why m">{withSeam.has(each.id) ? <WhyMoving of={each} /> : reasonText(each.why)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const useMoving = (id: string) => useAsk(getRollout, { params: { id } }, { about: 'rollouts', everyMs: 4000 })

/** Why one is paused, or what its open wave waits for. */
function WhyMoving({ of: { id, why } }: { readonly of: Listed }) {
  const gate = gateOf({ waves: useMoving(id).data?.waves ?? [] }, undefined)
  if (why !== null || !gate) return reasonText(why)
  return `Wave ${gate.wave.no}: ${reasonText(gate.wave.why)}`
}

/** How far one is that runs or is paused. */
function Moving({ id }: { readonly id: string }) {
  const rollout = useMoving(id)
  if (rollout.data === undefined) return <span className="f">asking</span>
  const { waves, devices } = rollout.data
  return (
    <>
      <Seam done={verifiedIn(waves)} of={devices} stitches={stitchesOf(waves)} label={seamText(waves, devices)} />
      <span className="f t12 nw">
        {figure(verifiedIn(waves))} of {figure(devices)} verified
      </span>
    </>
  )
}

function Ended({ of: { startedAt, endedAt } }: { readonly of: Listed }) {
  if (endedAt) return <span className="f t12 nw">ended {instant(endedAt)}</span>
  return <span className="f t12 nw">{startedAt ? `started ${instant(startedAt)}` : 'not started'}</span>
}
