import { moreKindsText, quarantineFate, revisionText, unseenText, untestedText } from '@suture/contract/cautions.ts'
import { getLabRun, listLabRuns } from '@suture/contract/lab.ts'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import type { Rollout } from './kinds.ts'
import { limitsOf, newestEnded } from './lab-limits.ts'
import { cellText, figure, type UncoveredCell } from './words.ts'

type Cautions = NonNullable<Rollout['cautions']>

/** What whoever approves or starts the plan has to know, and its bytes do not say. */
export function WhatIsKnown({ rollout: { cautions, id } }: { readonly rollout: Rollout }) {
  const told = cautions?.quarantined ?? []
  if (told.length === 0) return null
  return (
    <Panel title="Quarantined by earlier rollouts" aside={told.length} flush>
      {told.map((each) => (
        <EarlierQuarantine key={`${id} ${each.rollout.id} ${revisionText(each)}`} of={each} />
      ))}
    </Panel>
  )
}

const EarlierQuarantine = ({ of }: { readonly of: Cautions['quarantined'][number] }) => (
  <div className="pad line">
    <span className="st b">
      <Glyph name="quarantined" tone={of.devices > 0 ? 'danger' : 'soon'} />
      {revisionText(of)}
    </span>
    <p className="t12 m">
      By{' '}
      <Link to="/rollouts/$id" params={{ id: of.rollout.id }}>
        {of.rollout.name}
      </Link>
      , {instant(of.at)}: {quarantineFate(of)}
    </p>
  </div>
)

/** What the lab did not try: counted for this plan before it starts, and afterwards as the verdict has it. */
export function LabLimits({ rollout }: { readonly rollout: Rollout }) {
  const may = useMay('lab:read')
  if (rollout.cautions?.uncovered) return <Untested of={rollout.cautions.uncovered} />
  return may ? <VerdictLimits rollout={rollout} /> : null
}

function Untested({ of }: { readonly of: NonNullable<Cautions['uncovered']> }) {
  const texts = [moreKindsText(of), unseenText(of)].filter((text) => text !== '')
  return (
    <Panel title="Limits of the lab" aside={of.devices > 0 ? figure(of.devices) : undefined}>
      <div className="stack tight t12">
        <p className="m">{untestedText(of) || 'A rig stood for every device of the plan that you may see.'}</p>
        <Cells cells={of.cells} />
        {texts.map((text) => (
          <p className="m" key={text}>
            {text}
          </p>
        ))}
      </div>
    </Panel>
  )
}

function VerdictLimits({ rollout: { release, waves } }: { readonly rollout: Rollout }) {
  const runs = useAsk(listLabRuns, { query: { release, limit: 50 } }, { about: 'lab' })
  const ended = newestEnded(runs.data?.items ?? [])
  return (
    <Panel title="Limits of the lab" aside={ended?.endedAt ? instant(ended.endedAt) : undefined}>
      <Asked of={runs} what="The tests of the release">
        {() =>
          ended ? <Verdict run={ended.id} waves={waves} /> : <p className="t12 m">No test of this release has ended.</p>
        }
      </Asked>
    </Panel>
  )
}

function Verdict({ run, waves }: { readonly run: string; readonly waves: Rollout['waves'] }) {
  const found = useAsk(getLabRun, { params: { id: run } }, { about: 'lab' })
  return (
    <Asked of={found} what="The lab’s verdict">
      {({ state, verdict }) => {
        const { says, cells } = limitsOf(state, verdict, waves)
        return (
          <div className="stack tight t12">
            <p className="m">{says}</p>
            <Cells cells={cells} />
          </div>
        )
      }}
    </Asked>
  )
}

/** Kinds of device, one a line. */
export const Cells = ({ cells }: { readonly cells: readonly (UncoveredCell & { readonly devices?: number })[] }) => (
  <ul>
    {cells.map((cell) => (
      <li key={[cell.model, cell.hardwareRevision, cellText(cell)].join(' ')}>
        <span className="b">
          {cell.devices !== undefined && `${figure(cell.devices)} × `}
          {cell.model} revision {cell.hardwareRevision}
        </span>{' '}
        <span className="m">{cellText(cell)}</span>
      </li>
    ))}
  </ul>
)
