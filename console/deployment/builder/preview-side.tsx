import type { UseQueryResult } from '@tanstack/react-query'
import { Loading } from '../../design/faces.tsx'
import { count } from '../words.ts'
import { type Draft, type Preview, toggled } from './draft.ts'
import type { Change } from './form.tsx'
import { PreviewBody } from './preview-panel.tsx'
import { RefusedPlan } from './refused.tsx'

interface Given {
  readonly draft: Draft
  readonly told: UseQueryResult<Preview, Error>
  /** Whether it tells of the plan as it stands in the form. */
  readonly isCurrent: boolean
  /** Whether the form makes a plan at all. */
  readonly isAsked: boolean
  readonly onChange: Change
}

/** Beside the form: what it would come to, brought up to date while somebody edits it. */
export function PreviewSide({ draft, told, isCurrent, isAsked, onChange }: Given) {
  const include = draft.include
  const onInclude = (revision: (typeof include)[number]) => {
    const next = toggled(include, revision)
    onChange({ include: next.length > 0 ? next : undefined })
  }
  return (
    <section className="panel" aria-label="What it would come to" aria-busy={isAsked && !isCurrent}>
      <header>
        <h2>What it would come to</h2>
        <span className="r t12" aria-live="polite">
          {asideOf({ told, isCurrent, isAsked })}
        </span>
      </header>
      {!isAsked ? (
        <p className="pad m">
          Choose a release, and it says here which devices would get it in which wave, and which would not and why.
        </p>
      ) : told.data ? (
        <PreviewBody preview={told.data} waves={widthOf(told.data)} include={include} onInclude={onInclude} />
      ) : told.error ? (
        <RefusedPlan error={told.error} retry={() => void told.refetch()} include={include} onInclude={onInclude} />
      ) : (
        <Loading what="What it would come to: asking the server" />
      )}
    </section>
  )
}

/** How many waves a preview tells of; the form may have others by now. */
const widthOf = ({ strata }: Preview): number => Math.max(0, ...strata.map(({ waves }) => waves.length))

function asideOf({ told: { data }, isCurrent, isAsked }: Pick<Given, 'told' | 'isCurrent' | 'isAsked'>) {
  if (!isAsked) return ''
  if (!isCurrent) return <span className="f">counting</span>
  return data && <b className="b">{`${count(data.devices, 'device')} to ${data.version}`}</b>
}
