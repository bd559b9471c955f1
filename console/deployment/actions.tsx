import { Button } from '@mantine/core'
import { pauseRollout, resumeRollout, startRollout, stopRollout } from '@suture/contract/deployment.ts'
import { useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { ask, queries } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { useMay } from '../shell/session.ts'
import { reasonOf } from '../shell/sign-in.tsx'
import { type Action, actionsOf } from './actions.ts'
import type { Job, Plan, Rollout } from './kinds.ts'
import { StopSentences } from './rail.tsx'
import { stoppedTexts } from './stop.ts'
import { Stop } from './stop-button.tsx'
import { jobsKey } from './use-jobs.ts'

const verbs = {
  start: { endpoint: startRollout, name: 'Start', glyph: 'running', does: 'The first wave is open.' },
  pause: { endpoint: pauseRollout, name: 'Pause', glyph: 'paused', does: 'Paused: it is offered to nobody new.' },
  resume: { endpoint: resumeRollout, name: 'Resume', glyph: 'running', does: 'It goes on.' },
} as const

/** What came of the last thing that somebody did here. */
export interface Outcome {
  readonly ok: boolean
  /** Whether it is also shown; what the state of the rollout shows already is only read out. */
  readonly stays: boolean
  readonly says: string
}

interface Given {
  readonly rollout: Rollout
  readonly plan: Plan | undefined
  readonly jobs: readonly Job[] | undefined
  readonly isWhole: boolean
  readonly onOutcome: (outcome: Outcome) => void
}

/** What whoever looks can do with the rollout now; what they cannot says why beside it. */
export function Actions({ rollout, plan, jobs, isWhole, onOutcome }: Given) {
  const may = useMay('deployment:control')
  const now = useNow(5_000)
  const [busy, setBusy] = useState<string>()
  const actions = actionsOf(rollout, plan, now)
  if (actions.length === 0) return null
  if (!may) return <span className="f t12 reason">You may look. Starting, pausing and stopping is for operators.</span>
  const run = async (name: string, does: () => Promise<string>) => {
    setBusy(name)
    try {
      onOutcome({ ok: true, stays: name === 'stop', says: await does() })
    } catch (error) {
      onOutcome({ ok: false, stays: true, says: reasonOf(error) })
    } finally {
      setBusy(undefined)
      void queries.invalidateQueries({ queryKey: ['rollouts'] })
      void queries.invalidateQueries({ queryKey: jobsKey(rollout.id) })
    }
  }
  const params = { id: rollout.id }
  return (
    <>
      {actions.map((action) =>
        action.verb === 'stop' ? (
          <Stop
            key="stop"
            busy={busy === 'stop'}
            onStop={() => void run('stop', async () => stoppedTexts(await ask(stopRollout, { params })).join(' '))}
          >
            <StopSentences rollout={rollout} jobs={jobs} isWhole={isWhole} />
          </Stop>
        ) : (
          <Plain
            key={action.verb}
            {...{ action, busy: busy === action.verb, verb: verbs[action.verb] }}
            onPress={({ endpoint, does }) =>
              void run(action.verb, async () => {
                await ask(endpoint, { params })
                return does
              })
            }
          />
        ),
      )}
    </>
  )
}

type PlainVerb = (typeof verbs)[keyof typeof verbs]

interface PlainGiven {
  readonly action: Action
  readonly verb: PlainVerb
  readonly busy: boolean
  readonly onPress: (verb: PlainVerb) => void
}

const Plain = ({ action, verb, busy, onPress }: PlainGiven) => (
  <>
    {action.not !== undefined && <span className="f t12 reason">{action.not}.</span>}
    <Button
      variant={action.verb === 'pause' ? 'default' : 'filled'}
      disabled={action.not !== undefined}
      loading={busy}
      leftSection={<Glyph name={verb.glyph} size={14} />}
      onClick={() => onPress(verb)}
    >
      {verb.name}
    </Button>
  </>
)
