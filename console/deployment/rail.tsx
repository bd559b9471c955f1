import { revisionText } from '@suture/contract/cautions.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { Term } from '../design/term.tsx'
import { instant } from '../design/time.ts'
import { useCaller, useMay } from '../shell/session.ts'
import { approversNeeded, isOver } from './actions.ts'
import type { Job, Rollout } from './kinds.ts'
import { stopCounts, stopTexts } from './stop.ts'
import { short, signersText } from './words.ts'

/** The revisions that the rollout leaves alone, and why. */
export function Quarantined({ rollout: { quarantined } }: { readonly rollout: Rollout }) {
  if (quarantined.length === 0) return null
  return (
    <Panel title="Quarantined revisions" aside={quarantined.length} flush>
      {quarantined.map((each) => (
        <div className="pad line" key={revisionText(each)}>
          <span className="st b">
            <Glyph name="quarantined" tone="danger" />
            {revisionText(each)}
          </span>
          <p className="t12 m">{reasonText(each.why)}.</p>
          <p className="t12 f">{instant(each.at)}</p>
        </div>
      ))}
    </Panel>
  )
}

/** The revisions that people left out, and why. */
export function Held({ rollout: { held } }: { readonly rollout: Rollout }) {
  if (held.length === 0) return null
  return (
    <Panel title="Held revisions" aside={held.length} flush>
      {held.map((each) => (
        <div className="pad line" key={revisionText(each)}>
          <span className="st b">
            <Glyph name="paused" tone="human" />
            {revisionText(each)}
          </span>
          <p className="t12 m">{each.reason}</p>
          <p className="t12 f">
            {each.person}, {instant(each.at)}
          </p>
        </div>
      ))}
    </Panel>
  )
}

/** Who signed the plan, and who still may. */
export function Approvals({ rollout }: { readonly rollout: Rollout }) {
  const { id } = useCaller()
  const mayApprove = useMay('deployment:approve')
  const { approvals, state, signing } = rollout
  return (
    <Panel title="Approvals" aside={`${approvals.length} of ${approversNeeded}`} flush>
      {approvals.map(({ person, name, keyId, approvedAt }) => (
        <div className="pad line" key={person}>
          <div className="btw">
            <span className="st b">
              <Glyph name="person" tone="human" />
              {name}
            </span>
            <span className="f t12 nw" title={`Key ${keyId}`}>
              key <span className="mono">{short(keyId)}</span>
            </span>
          </div>
          <p className="t12 f">{instant(approvedAt)}</p>
        </div>
      ))}
      {state === 'awaiting-approval' && (
        <div className="pad line stack tight">
          <p className="t12 m">{signersText(rollout, approversNeeded, { id, mayApprove })}</p>
          <p className="t12 m">Signing takes a key, so it is done in a terminal:</p>
          <Term commands={[`suture rollout approve ${rollout.id}`]} />
        </div>
      )}
      {signing?.refusal && (
        <p className="pad line t12 m">
          The signer refused: {signing.refusal.detail} <span className="mono f">{signing.refusal.code}</span>
        </p>
      )}
    </Panel>
  )
}

interface StopGiven {
  readonly rollout: Rollout
  /** Undefined while they are not known. */
  readonly jobs: readonly Job[] | undefined
  /** Whether these are all jobs that there are. */
  readonly isWhole: boolean
}

/** Said beforehand: what a stop can do, and what it cannot. */
export function WhatStopCanDo({ rollout, jobs, isWhole }: StopGiven) {
  if (isOver(rollout.state)) return null
  return (
    <section className="panel stoppable">
      <div className="pad">
        <h2 className="st">
          <Glyph name="stopped" tone="danger" />
          What Stop can do now
        </h2>
        <StopSentences rollout={rollout} jobs={jobs} isWhole={isWhole} />
      </div>
    </section>
  )
}

export const StopSentences = ({ rollout, jobs, isWhole }: StopGiven) => (
  <ul className="t12 m">
    {stopTexts(stopCounts(rollout.waves, jobs)).map((text) => (
      <li key={text}>{text}</li>
    ))}
    {jobs && !isWhole && <li>Counted among the devices that are shown to you; it reaches all of them.</li>}
  </ul>
)
