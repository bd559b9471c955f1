import { reasonText } from '@suture/contract/reasons.ts'
import { Clock } from '../design/clock.tsx'
import { Glyph, type Tone } from '../design/glyph.tsx'
import type { GlyphName } from '../design/glyph-names.ts'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { span } from '../design/time.ts'
import { useNow } from '../shell/now.ts'
import { type Condition, type Gate, gateOf, percentOf, soakEnd, trackEnd } from './gate.ts'
import type { Plan, Rollout } from './kinds.ts'
import { count, figure, percent } from './words.ts'

const verdicts: Record<Condition['verdict'], { glyph: GlyphName; tone: Tone; word: string }> = {
  holds: { glyph: 'pass', tone: 'closed', word: 'holds' },
  breaks: { glyph: 'fail', tone: 'danger', word: 'beyond its limit' },
  undecided: { glyph: 'insufficient', tone: 'idle', word: 'not decided' },
}

/** The most revisions that the panel shows; the table has all of them. */
const mostRevisions = 5

interface Given {
  readonly rollout: Rollout
  readonly plan: Plan | undefined
  /** When the server said so; its count of seconds is from then. */
  readonly askedAt: Date
}

/** What the next wave waits for, and how near the failures are to their limits. */
export function GatePanel({ rollout, plan, askedAt }: Given) {
  const gate = gateOf(rollout, plan)
  if (!gate) return null
  const { wave, next, all, revisions } = gate
  const more = revisions.length - mostRevisions
  return (
    <Panel
      title={next === undefined ? `Gate of wave ${wave.no}, the last` : `Gate to wave ${next}`}
      aside={<Status kind="wave" value={wave.state} />}
      flush
    >
      <p className="pad t12 m">{wave.why ? `${reasonText(wave.why)}.` : 'It has not been judged yet.'}</p>
      {all && <Block title="Failures in this wave" condition={all} beyond="stop" />}
      {revisions.slice(0, mostRevisions).map(({ model, hardwareRevision, beyond, ...condition }) => (
        <Block
          key={`${condition.manufacturer} ${model} ${hardwareRevision}`}
          title={`${model} revision ${hardwareRevision}`}
          condition={condition}
          beyond={beyond}
        />
      ))}
      {more > 0 && <p className="pad rowline t12 f">{count(more, 'more revision')} in the table.</p>}
      <Soak gate={gate} isPaused={rollout.state === 'paused'} askedAt={askedAt} />
    </Panel>
  )
}

interface BlockGiven {
  readonly title: string
  readonly condition: Condition
  readonly beyond: 'stop' | 'quarantine'
}

function Block({ title, condition, beyond }: BlockGiven) {
  const { ended, failed, silent, needed, maxFailurePercent, verdict } = condition
  const { glyph, tone, word } = verdicts[verdict]
  const share = percent(percentOf(condition))
  return (
    <div className="pad rowline gate">
      <div className="btw">
        <span className="st b" title={word}>
          <Glyph name={glyph} tone={tone} />
          {title}
        </span>
        <span className="b nw">
          {ended === 0 ? 'none ended' : `${share}`} <span className="f">{ended > 0 && `${failed} of ${ended}`}</span>
        </span>
      </div>
      <Track condition={condition} tone={tone} />
      <div className="btw t12 f">
        <span>
          {word}: {figure(ended)} ended of {figure(needed)} needed
          {silent > 0 && `, ${figure(silent)} silent`}
        </span>
        <span className="nw">
          {beyond === 'stop' ? 'stops' : 'quarantined'} above {maxFailurePercent} %
        </span>
      </div>
    </div>
  )
}

/** Failures on a line to twice their limit; below it, how many have ended of those that must. */
function Track({ condition, tone }: { readonly condition: Condition; readonly tone: Tone }) {
  const { maxFailurePercent, ended, needed } = condition
  const end = trackEnd(condition)
  const place = (value: number) => (300 * Math.min(value, end)) / end
  const [value, limit] = [place(percentOf(condition)), place(maxFailurePercent)]
  return (
    <svg
      className={`track c-${tone}`}
      viewBox="0 0 300 20"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${percent(percentOf(condition))} failed, the limit is ${maxFailurePercent} %; ${ended} of ${needed} that must have ended`}
    >
      <path className="base" d="M0 8H300" />
      {ended > 0 && <path className="reach" d={`M0 8H${value}`} />}
      {ended > 0 && <path className="value" d={`M${Math.max(1, value)} 3V13`} />}
      <path className="limit" d={`M${limit} 0V16`} />
      <path className="base" d="M0 18H300" />
      <path className="sample" d={`M0 18H${300 * Math.min(1, ended / needed)}`} />
    </svg>
  )
}

interface SoakGiven {
  readonly gate: Gate
  readonly isPaused: boolean
  readonly askedAt: Date
}

function Soak({ gate: { wave, soakSeconds }, isPaused, askedAt }: SoakGiven) {
  const now = useNow(1000)
  if (wave.state === 'stopped' || soakSeconds === undefined) return null
  const end = soakEnd(wave, askedAt)
  return (
    <div className="pad rowline btw">
      <span className="b">Watched for {span(soakSeconds * 1000)}</span>
      {wave.state === 'open' ? (
        <span className="f">once its devices have ended</span>
      ) : isPaused ? (
        <span className="f">paused: time stands still</span>
      ) : end && end > now ? (
        <Clock calm dueAt={end} now={now} startedAt={new Date(end.getTime() - soakSeconds * 1000)} />
      ) : (
        <span className="f">{end ? 'over, being judged' : 'not begun to count'}</span>
      )}
    </div>
  )
}
