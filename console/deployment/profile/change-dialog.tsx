import { NativeSelect } from '@mantine/core'
import type { Reply } from '@suture/contract/client.ts'
import { changePlanDefaults, getPlanDefaults } from '@suture/contract/profiles.ts'
import { type Preset, presets } from '@suture/contract/rollout-presets.ts'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../design/dialog.tsx'
import { DialogEnd } from '../../design/dialog-end.tsx'
import { ask, queries } from '../../shell/ask.ts'
import { useAct } from '../../shell/use-act.ts'
import { Amount } from '../builder/amount.tsx'
import { Current } from './current.tsx'

/** Changes what plans begin from, part by part. */
export const ChangeDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title="Change what new plans begin from" onClose={onClose}>
    <Current>{(now, ifMatch) => <Parts {...{ now, ifMatch, onClose }} />}</Current>
  </Dialog>
)

interface Given {
  readonly now: Reply<typeof getPlanDefaults>
  readonly ifMatch: string
  readonly onClose: () => void
}

const mostHours = 366 * 24

function Parts({ now, ifMatch, onClose }: Given) {
  const [preset, setPreset] = useState<Preset>(now.preset)
  const [silenceSeconds, setSilence] = useState(now.silenceSeconds)
  const [hours, setHours] = useState(now.hours)
  const { isBusy, trouble, act } = useAct()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void act(async () => {
      await ask(changePlanDefaults, { body: { preset, silenceSeconds, hours }, ifMatch })
      await queries.invalidateQueries({ queryKey: ['rollouts', getPlanDefaults.id] })
      onClose()
    })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <NativeSelect
        label="Waves and limits"
        description="careful begins smaller, watches longer, and stops at the first revision that fails"
        value={preset}
        data={[...presets]}
        onChange={({ currentTarget }) => setPreset(currentTarget.value as Preset)}
      />
      <Amount
        label="Silence counts as failure after"
        counts="time"
        value={silenceSeconds}
        most={mostHours * 3600}
        onChange={setSilence}
      />
      <Amount label="Hours that a rollout may run" value={hours} most={mostHours} onChange={setHours} />
      <DialogEnd verb="Change" isBusy={isBusy} trouble={trouble} onClose={onClose} />
    </form>
  )
}
