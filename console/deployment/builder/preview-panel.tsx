import { moreKindsText, unseenText, untestedText } from '@suture/contract/cautions.ts'
import { warningTexts } from '@suture/contract/plan-words.ts'
import { Glyph } from '../../design/glyph.tsx'
import { Wide } from '../../design/wide.tsx'
import { Cells } from '../cautions.tsx'
import type { RevisionName } from '../search.ts'
import { count, figure } from '../words.ts'
import { type Preview, sizesOf } from './draft.ts'
import { LeftOut } from './left-out.tsx'

interface Given {
  readonly preview: Preview
  /** How many waves it tells of. */
  readonly waves: number
  readonly include: readonly RevisionName[]
  readonly onInclude: (revision: RevisionName) => void
}

/** What the plan would come to: who gets it in which wave, who does not, and what its approvers will be told. */
export const PreviewBody = ({ preview, waves, include, onInclude }: Given) => (
  <>
    <Strata preview={preview} waves={waves} />
    {preview.warnings.map((each) => (
      <p key={each} className="pad rowline st-line">
        <Glyph name="warn" tone="soon" />
        <span>{warningTexts[each]}</span>
      </p>
    ))}
    <LeftOut
      excluded={preview.excluded}
      quarantined={preview.cautions.quarantined}
      include={include}
      onInclude={onInclude}
    />
    <Untested of={preview.cautions.uncovered} />
  </>
)

function Strata({ preview, waves }: Pick<Given, 'preview' | 'waves'>) {
  const sizes = sizesOf(preview, waves)
  return (
    <Wide>
      <table className="compact">
        <thead>
          <tr>
            <th scope="col">Model and revision</th>
            {sizes.map((_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a wave is its number
              <th scope="col" className="num" key={at}>
                Wave {at + 1}
              </th>
            ))}
            <th scope="col" className="num">
              Devices
            </th>
          </tr>
        </thead>
        <tbody>
          {preview.strata.map(({ manufacturer, model, hardwareRevision, devices, waves: shares }) => (
            <tr key={[manufacturer, model, hardwareRevision].join('\n')}>
              <td className="nw">
                {manufacturer} {model} <span className="f">revision {hardwareRevision}</span>
              </td>
              {sizes.map((_, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a wave is its number
                <td className={shares[at] ? 'num' : 'num f'} key={at}>
                  {figure(shares[at] ?? 0)}
                </td>
              ))}
              <td className="num">{figure(devices)}</td>
            </tr>
          ))}
          <tr className="total">
            <th scope="row">All</th>
            {sizes.map((size, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a wave is its number
              <td className="num" key={at}>
                {figure(size)}
              </td>
            ))}
            <td className="num">{figure(preview.devices)}</td>
          </tr>
        </tbody>
      </table>
    </Wide>
  )
}

function Untested({ of }: { readonly of: Preview['cautions']['uncovered'] }) {
  const texts = [moreKindsText(of), unseenText(of)].filter((text) => text !== '')
  return (
    <div className="pad rowline stack tight t12">
      <h3>What the lab did not try{of.devices > 0 && `: ${count(of.devices, 'device')}`}</h3>
      <p className="m">{untestedText(of) || 'Nothing: a rig stood for every device of the plan that you may see.'}</p>
      <Cells cells={of.cells} />
      {texts.map((text) => (
        <p className="m" key={text}>
          {text}
        </p>
      ))}
    </div>
  )
}
