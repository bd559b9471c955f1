import { TextInput } from '@mantine/core'
import { revisionText } from '@suture/contract/cautions.ts'
import { type Cluster, causeText, holdTexts, leftOutTexts, retryText } from '@suture/contract/cluster-words.ts'
import { holdCluster, retryCluster } from '@suture/contract/deployment.ts'
import { devicesInWords } from '@suture/contract/device-action-words.ts'
import { countTypedAbove } from '@suture/contract/device-actions.ts'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import type { Rollout } from './kinds.ts'
import { jobsKey } from './use-jobs.ts'
import { figure } from './words.ts'

export type Deed = 'retry' | 'hold'

interface Given {
  readonly rollout: Rollout
  readonly cluster: Cluster
  /** Is told what came of it. */
  readonly onDone: (said: string) => void
  readonly onClose: () => void
}

/** Says what follows for the devices of a cluster before it is done. */
export const DeedDialog = ({ deed, ...given }: Given & { readonly deed: Deed }) =>
  deed === 'retry' ? <Retry {...given} /> : <Hold {...given} />

/** Does something about a rollout, and closes when it is done. */
function useDeed({ rollout, onDone, onClose }: Given) {
  const { isBusy, trouble, act } = useAct()
  const run = (does: () => Promise<string>) =>
    act(async () => {
      onDone(await does())
      onClose()
      void queries.invalidateQueries({ queryKey: jobsKey(rollout.id) })
      await queries.invalidateQueries({ queryKey: ['rollouts'] })
    })
  return { isBusy, trouble, run, params: { id: rollout.id } }
}

function Retry(given: Given) {
  const { cluster, onClose } = given
  const { isBusy, trouble, run, params } = useDeed(given)
  const { mayRetry: expect } = cluster
  const [typed, setTyped] = useState('')
  const isMeant = expect <= countTypedAbove || typed.replaceAll(/\D/g, '') === String(expect)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isMeant) return
    void run(async () => {
      const { devices } = await ask(retryCluster, { params, body: { cluster: cluster.key, expect } })
      return `${devicesInWords(devices)} may try again, and get a job when they next ask.`
    })
  }
  return (
    <Dialog title={`Try ${devicesInWords(expect)} again`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <About cluster={cluster} />
        <p className="m">{retryText(cluster)}</p>
        <Lines of={leftOutTexts(cluster)} head="Left out:" />
        {expect > countTypedAbove && (
          <TextInput
            label={`Type ${figure(expect)}, the number of devices`}
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            error={typed !== '' && !isMeant ? `That is not ${figure(expect)}` : undefined}
          />
        )}
        <DialogEnd verb={`Try ${devicesInWords(expect)} again`} isBusy={isBusy} trouble={trouble} onClose={onClose} />
      </form>
    </Dialog>
  )
}

function Hold(given: Given) {
  const { cluster, onClose } = given
  const { isBusy, trouble, run, params } = useDeed(given)
  const [reason, setReason] = useState('')
  const verb = `Hold revision ${cluster.hardwareRevision}`
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      const body = { cluster: cluster.key, reason: reason.trim() }
      const { waiting, recalled } = await ask(holdCluster, { params, body })
      return `${revisionText(cluster)} is held: ${devicesInWords(waiting)} left out, ${figure(recalled)} called back.`
    })
  }
  return (
    <Dialog title={verb} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <About cluster={cluster} />
        <Lines of={holdTexts(cluster)} />
        <TextInput
          label="Reason"
          description="Everybody who looks at the rollout or at such a device reads it"
          required
          maxLength={200}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <DialogEnd verb={verb} isBusy={isBusy} trouble={trouble} isDestructive onClose={onClose} />
      </form>
    </Dialog>
  )
}

const About = ({ cluster }: Pick<Given, 'cluster'>) => (
  <p>
    {devicesInWords(cluster.devices)} of {revisionText(cluster)}: {causeText(cluster)}.
  </p>
)

const Lines = ({ of, head }: { readonly of: readonly string[]; readonly head?: ReactNode }) =>
  of.length > 0 && (
    <div className="m">
      {head}
      <ul className="plain">
        {of.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  )
