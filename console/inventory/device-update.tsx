import { explainUpdate } from '@suture/contract/deployment.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { gatesOf, stopRemedy, stopText, updateGates } from '@suture/contract/update-gates.ts'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'

const moment = /^\d{4}-\d\d-\d\dT/

/** Moments as people read them. */
const readable = (figures: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === 'string' && moment.test(value) ? instant(new Date(value)) : value,
    ]),
  )

/** Why the device updates or does not: what it passed, and the first thing that it did not. */
export function DeviceUpdate({ id }: { readonly id: string }) {
  const told = useAsk(explainUpdate, { params: { id } }, { about: 'rollouts', everyMs: 15_000 })
  return (
    <Asked of={told} what="Why it updates or not">
      {({ wanted, rollout, job, passed, stop, wave }) => {
        const said = { code: stop.code, figures: readable(stop.figures) }
        const remedy = stopRemedy(said)
        return (
          <div className="stack update">
            <p>
              {stopText(said)}.{remedy !== undefined && ` ${remedy}.`}
            </p>
            {job && (
              <p className="m t12">
                <Status kind="job" value={job.state} />
                {wanted !== null && ` to ${wanted}`}
              </p>
            )}
            {rollout && (
              <p className="m t12">
                Rollout{' '}
                <Link to="/rollouts/$id" params={{ id: rollout.id }}>
                  {rollout.name}
                </Link>{' '}
                <Status kind="rollout" value={rollout.state} />
              </p>
            )}
            {wave && <p className="m t12">The open wave: {reasonText(wave)}.</p>}
            <Gates of={gatesOf({ passed, stop })} />
          </div>
        )
      }}
    </Asked>
  )
}

const marks = {
  passed: ['check', 'closed', 'passed'],
  blocked: ['block', 'danger', 'stays here'],
  waits: ['waiting', 'soon', 'waits here'],
  done: ['check', 'closed', 'is here'],
  unknown: ['notopen', 'idle', 'not looked at'],
} as const

const Gates = ({ of }: { readonly of: ReturnType<typeof gatesOf> }) => (
  <ol className="gates" aria-label="What it passes before it runs another version">
    {of.map(({ gate, is }) => {
      const [glyph, tone, word] = marks[is]
      return (
        <li key={gate} className={is === 'unknown' ? 'f' : is === 'passed' ? undefined : 'here'}>
          <Glyph name={glyph} size={14} tone={tone} />
          <span>
            {updateGates[gate]}: <span className="f">{word}</span>
          </span>
        </li>
      )
    })}
  </ol>
)
