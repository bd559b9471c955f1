import { getRollout, getRolloutPlan } from '@suture/contract/deployment.ts'
import { useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { lookOf, Status } from '../design/status.tsx'
import { useAsk } from '../shell/ask.ts'
import { NotThere } from '../shell/not-there.tsx'
import { Page } from '../shell/page.tsx'
import { useCaller } from '../shell/session.ts'
import { isMoving } from './actions.ts'
import { Actions, type Outcome } from './actions.tsx'
import { Calls } from './calls.tsx'
import { LabLimits, WhatIsKnown } from './cautions.tsx'
import { GatePanel } from './gate-panel.tsx'
import { Progress, Summary } from './head.tsx'
import type { Plan, Rollout } from './kinds.ts'
import { Approvals, Held, Quarantined, WhatStopCanDo } from './rail.tsx'
import './rollouts.css'
import { useJobs } from './use-jobs.ts'
import { WavesPanel } from './waves-panel.tsx'
import { markOf, stateText, underWay } from './words.ts'

const list = { name: 'Rollouts', to: '/rollouts' }

/** One rollout, live. */
export function RolloutPage() {
  const { id } = useParams({ from: '/frame/rollouts/$id' })
  const [isLive, setLive] = useState(false)
  const rollout = useAsk(getRollout, { params: { id } }, { about: 'rollouts', everyMs: isLive && 2000 })
  const plan = useAsk(getRolloutPlan, { params: { id } }, { about: 'nothing' })
  const moves = rollout.data !== undefined && (isMoving(rollout.data.state) || underWay(rollout.data.waves) > 0)
  if (moves !== isLive) setLive(moves)
  if (rollout.data === undefined) return <NotThere of={rollout} thing="rollout" list={list} />
  return (
    <Loaded
      key={id}
      rollout={rollout.data}
      plan={plan.data}
      askedAt={new Date(rollout.dataUpdatedAt)}
      isLive={isLive}
      trouble={rollout.error}
    />
  )
}

interface Given {
  readonly rollout: Rollout
  readonly plan: { readonly summary: Plan | null } | undefined
  readonly askedAt: Date
  readonly isLive: boolean
  readonly trouble: Error | null
}

function Loaded({ rollout, plan, askedAt, isLive, trouble }: Given) {
  const { view = 'cells' } = useSearch({ from: '/frame/rollouts/$id' })
  const { sites } = useCaller()
  const [outcome, setOutcome] = useState<Outcome>()
  const jobs = useJobs(rollout.id, isLive, markOf(rollout))
  const summary = plan?.summary ?? undefined
  const known = jobs.isError ? undefined : jobs.data
  const shown = { rollout, jobs: known?.jobs, isWhole: sites === 'all' && known?.isAll === true }
  return (
    <Page
      title={rollout.name}
      above={[list]}
      pills={
        <Status
          pill
          kind="rollout"
          value={rollout.state}
          says={stateText(rollout, lookOf('rollout', rollout.state).word)}
        />
      }
      summary={<Summary rollout={rollout} />}
      actions={<Actions {...shown} plan={summary} onOutcome={setOutcome} />}
    >
      <p className={outcome?.stays ? `call c-${outcome.ok ? 'moving' : 'danger'} said` : 'unseen'} role="alert">
        {outcome?.stays && <Glyph name={outcome.ok ? 'info' : 'failed'} />}
        <span>{outcome?.says}</span>
      </p>
      <Calls rollout={rollout} isPlan={plan?.summary !== null} askedAt={askedAt} trouble={trouble} />
      <Progress rollout={rollout} />
      <div className="lay">
        <WavesPanel rollout={rollout} jobs={jobs} view={view} />
        <aside className="stack rail" aria-label="About this rollout">
          <GatePanel rollout={rollout} plan={summary} askedAt={askedAt} />
          <Quarantined rollout={rollout} />
          <Held rollout={rollout} />
          <WhatIsKnown rollout={rollout} />
          <Approvals rollout={rollout} />
          <LabLimits rollout={rollout} />
          <WhatStopCanDo {...shown} />
        </aside>
      </div>
    </Page>
  )
}
