import { Seam } from '../design/seam.tsx'
import { instant } from '../design/time.ts'
import { approversNeeded } from './actions.ts'
import type { Rollout } from './kinds.ts'
import { ReleaseLink } from './release-link.tsx'
import { usePersonNames, useReleaseNames } from './use-names.ts'
import { figure, seamText, short, stitchesOf, verifiedIn } from './words.ts'

/** One line: what is installed, by which plan, made and approved by whom. */
export function Summary({ rollout }: { readonly rollout: Rollout }) {
  const { release, planDigest, createdBy, createdAt, startedAt, approvals } = rollout
  const releaseName = useReleaseNames()(release)
  const person = usePersonNames()(createdBy) ?? `person ${createdBy.slice(0, 8)}`
  const names = approvals.map(({ name }) => name).join(' and ')
  return (
    <>
      Release <ReleaseLink id={release} name={releaseName} /> · plan{' '}
      <span className="mono" title={planDigest}>
        {short(planDigest)}
      </span>{' '}
      by {person}, {instant(createdAt)} · approved by {approvals.length} of {approversNeeded}
      {names && `: ${names}`}
      {startedAt && ` · started ${instant(startedAt)}`}
    </>
  )
}

/** How far it is: the seam over the waves, and the one figure that counts. */
export function Progress({ rollout: { waves, devices } }: { readonly rollout: Rollout }) {
  const verified = verifiedIn(waves)
  return (
    <div className="progress">
      <Seam large done={verified} of={devices} stitches={stitchesOf(waves)} label={seamText(waves, devices)} />
      <div>
        <div className="lab">Done and verified</div>
        <div className="t16 b nw">
          {figure(verified)} <span className="f">of {figure(devices)}</span>
        </div>
      </div>
    </div>
  )
}
