import { reasonText, rolloutReasons } from '@suture/contract/reasons.ts'
import { Glyph } from '../design/glyph.tsx'
import { isAlarm } from './actions.ts'
import type { Rollout } from './kinds.ts'

interface Given {
  readonly rollout: Rollout
  /** Whether the stored bytes are a plan at all. */
  readonly isPlan: boolean
  readonly askedAt: Date
  /** Why the rollout could not be asked for again. */
  readonly trouble: Error | null
}

const tones = { stopped: 'c-danger', paused: 'c-soon', expired: 'c-soon' } as const

/** What has to be known before anything else on the page. */
export function Calls({ rollout, isPlan, askedAt, trouble }: Given) {
  const { state, why } = rollout
  const tone = state === 'stopped' || state === 'paused' || state === 'expired' ? tones[state] : 'c-idle'
  return (
    <div className="calls">
      {isAlarm(rollout) && <Alarm>{rolloutReasons['plan-unverified']}. Tell an admin, and approve nothing.</Alarm>}
      {!isPlan && <Alarm>The stored bytes are no plan. Do not approve them, and tell an admin.</Alarm>}
      {why && (
        <div className={`call ${tone}`}>
          <Glyph name={state === 'stopped' ? 'stopped' : 'why'} />
          <span>{reasonText(why)}.</span>
        </div>
      )}
      {trouble && (
        <div className="call c-soon" role="status">
          <Glyph name="warn" />
          <span>
            The rollout could not be brought up to date: {trouble.message}. What stands here is from{' '}
            {askedAt.toISOString().slice(11, 19)} UTC.
          </span>
        </div>
      )}
    </div>
  )
}

const Alarm = ({ children }: { readonly children: React.ReactNode }) => (
  <div className="call c-danger" role="alert">
    <Glyph name="disputed" />
    <span className="b">{children}</span>
  </div>
)
