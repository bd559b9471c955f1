import { explainUpdate } from '@suture/contract/deployment.ts'
import { reasonText } from '@suture/contract/reasons.ts'
import { stopRemedy, stopText, type UpdateGate, updateGates, updateStops } from '@suture/contract/update-gates.ts'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'

const names = Object.keys(updateGates) as UpdateGate[]
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
      {({ wanted, rollout, job, stop, wave }) => {
        const { kind } = updateStops[stop.code]
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
            <Gates at={stop.gate} kind={kind} />
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
  later: ['notopen', 'idle', 'not looked at'],
} as const

function Gates({ at, kind }: { readonly at: UpdateGate; readonly kind: 'blocked' | 'waits' | 'done' }) {
  const here = names.indexOf(at)
  return (
    <ol className="gates" aria-label="What it passes before it runs another version">
      {names.map((name, no) => {
        const [glyph, tone, word] = marks[no < here ? 'passed' : no === here ? kind : 'later']
        return (
          <li key={name} className={no === here ? 'here' : no > here ? 'f' : undefined}>
            <Glyph name={glyph} size={14} tone={tone} />
            <span>
              {updateGates[name]}
              <span className="unseen">: {word}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}
