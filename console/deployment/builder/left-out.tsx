import { quarantineFate, revisionText } from '@suture/contract/cautions.ts'
import { excludedBecause } from '@suture/contract/plan-words.ts'
import { Link } from '@tanstack/react-router'
import { instant } from '../../design/time.ts'
import type { RevisionName } from '../search.ts'
import { figure } from '../words.ts'
import { nameOf, type Preview } from './draft.ts'

interface Given {
  readonly excluded: Preview['excluded']
  readonly quarantined: Preview['cautions']['quarantined']
  readonly include: readonly RevisionName[]
  readonly onInclude: (revision: RevisionName) => void
}

/** Who fits the query and is left out, and why; what an earlier rollout quarantined may be included all the same. */
export function LeftOut({ excluded, quarantined, include, onInclude }: Given) {
  const all = excluded.reduce((sum, { devices }) => sum + devices, 0)
  return (
    <div className="pad rowline stack tight t12">
      <h3>Left out{all > 0 && `: ${figure(all)}`}</h3>
      {all === 0 && <p className="m">Nobody whom the query finds.</p>}
      <ul>
        {excluded.map(({ why, devices }) => (
          <li key={why} className="btw m">
            <span>{excludedBecause[why]}</span>
            <span className="num b">{figure(devices)}</span>
          </li>
        ))}
      </ul>
      {quarantined.map((each) => (
        <label className="tick" key={[each.rollout.id, ...nameOf(each)].join('\n')}>
          <input
            type="checkbox"
            checked={include.some((name) => name.join('\n') === nameOf(each).join('\n'))}
            onChange={() => onInclude(nameOf(each))}
          />
          <span>
            Include {revisionText(each)}
            <span className="f says">
              Quarantined by{' '}
              <Link to="/rollouts/$id" params={{ id: each.rollout.id }}>
                {each.rollout.name}
              </Link>
              , {instant(each.at)}: {quarantineFate(each)} Whoever approves the plan signs that it is included.
            </span>
          </span>
        </label>
      ))}
    </div>
  )
}
