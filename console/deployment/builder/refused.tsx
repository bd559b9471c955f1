import { ProblemError } from '@suture/contract/client.ts'
import { Trouble } from '../../design/faces.tsx'
import { Glyph } from '../../design/glyph.tsx'
import type { RevisionName } from '../search.ts'
import type { Preview } from './draft.ts'
import { LeftOut } from './left-out.tsx'

interface Given {
  readonly error: Error
  readonly retry: () => void
  readonly include: readonly RevisionName[]
  readonly onInclude: (revision: RevisionName) => void
}

/** Why there is no such plan, and what to change. */
export function RefusedPlan({ error, retry, include, onInclude }: Given) {
  if (!(error instanceof ProblemError)) return <Trouble error={error} what="What it would come to" retry={retry} />
  const { code, problem } = error.problem
  if (code === 'deployment/nobody-eligible') {
    const { excluded, quarantined } = error.problem as unknown as Pick<Preview, 'excluded'> & Preview['cautions']
    if (excluded.length === 0)
      return <Face title="The query finds no device">At least none that you may see. Ask for other devices.</Face>
    return (
      <>
        <Face title="No device would get it">
          Ask for other devices, or include a revision that is left out. Nothing is frozen without a device.
        </Face>
        <LeftOut
          excluded={excluded}
          quarantined={quarantined.map((each) => ({ ...each, at: new Date(each.at) }))}
          include={include}
          onInclude={onInclude}
        />
      </>
    )
  }
  if (typeof problem === 'string') return <Face title="There can be no such plan">{problem}</Face>
  return <Trouble error={error} what="What it would come to" retry={retry} />
}

const Face = ({ title, children }: { readonly title: string; readonly children: string }) => (
  <div className="face" role="alert">
    <Glyph name="approval" size={20} tone="human" />
    <h2>{title}</h2>
    <p className="m">{children}</p>
  </div>
)
