import type { Tone } from './glyph.tsx'
import { instant, timeLeft, type Urgency, urgency } from './time.ts'

/** The colour of each urgency. */
export const urgencyTones: Readonly<Record<Urgency, Tone>> = {
  far: 'idle',
  soon: 'soon',
  critical: 'danger',
  overdue: 'danger',
}

interface Given {
  readonly dueAt: Date
  readonly now: Date
  /** When the clock began; the wedge shows the share that is left. */
  readonly startedAt?: Date | undefined
  readonly large?: boolean
  /** For what ends by itself: nobody has to hurry, so its end is no alarm. */
  readonly calm?: boolean
}

/** A deadline: the dial, the time left first, and the moment itself in the title or below. */
export function Clock({ dueAt, now, startedAt, large, calm }: Given) {
  const how = calm ? 'far' : urgency(dueAt, now, startedAt)
  const words = timeLeft(dueAt, now)
  const left = dueAt.getTime() - now.getTime()
  const share = startedAt
    ? Math.min(1, left / (dueAt.getTime() - startedAt.getTime()))
    : Math.min(1, left / (14 * 864e5))
  if (!large)
    return (
      <span className="st nw" title={instant(dueAt)}>
        <Dial share={share} tone={urgencyTones[how]} />
        <span className={how === 'far' ? '' : `c-${urgencyTones[how]}`}>{words}</span>
      </span>
    )
  return (
    <span className={`clock ${how === 'far' ? '' : `c-${urgencyTones[how]}`}`}>
      <Dial share={share} tone={urgencyTones[how]} large />
      <span>
        <b>{words}</b>
        <small>due {instant(dueAt)}</small>
      </span>
    </span>
  )
}

/** A dial whose wedge is the share of the time that is left; past its end it carries a mark. */
function Dial({ share, tone, large }: { readonly share: number; readonly tone: Tone; readonly large?: boolean }) {
  const angle = 2 * Math.PI * Math.max(0, Math.min(0.999, share))
  const [x, y] = [8 + 4.6 * Math.sin(angle), 8 - 4.6 * Math.cos(angle)]
  const size = large ? 18 : 16
  return (
    <svg className={`g c-${tone}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.6" strokeWidth="1.2" />
      {share <= 0 ? (
        <path d="M8 4.6v4M8 11v.2" />
      ) : (
        <path
          d={`M8 8V3.4A4.6 4.6 0 ${angle > Math.PI ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}Z`}
          fill="currentColor"
          stroke="none"
        />
      )}
    </svg>
  )
}
