import { Button } from '@mantine/core'
import { ProblemError, type Reply } from '@suture/contract/client.ts'
import { changeWebhook, getWebhook } from '@suture/contract/webhooks.ts'
import { type FormEvent, useEffect, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { Loading, Trouble } from '../design/faces.tsx'
import { ask, queries, read } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import { faultsOf } from './faults.ts'
import { changesOf, formOf, type Webhook, type WebhookForm } from './webhook.ts'
import { WebhookFields } from './webhook-fields.tsx'

/** A webhook as it stood, and the tag by which an edit says so. */
interface Seen {
  readonly webhook: Reply<typeof getWebhook>
  readonly etag: string
}

interface Given {
  readonly webhook: Webhook
  readonly onClose: () => void
}

/** What a webhook sends and where, changed from how it stands at this moment and not from a list that may be old. */
export function WebhookChangeDialog({ webhook: { id, name }, onClose }: Given) {
  const [seen, setSeen] = useState<Seen>()
  const [error, setError] = useState<Error>()
  const look = async () => {
    const { reply, etag } = await read(getWebhook, { params: { id } })
    setSeen({ webhook: reply, etag })
  }
  const first = () => look().catch(setError)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each webhook
  useEffect(() => void first(), [id])
  return (
    <Dialog title={`Change ${name}`} onClose={onClose}>
      {seen ? (
        <ChangeForm seen={seen} onLook={look} onClose={onClose} />
      ) : error ? (
        <Trouble error={error} what={name} retry={() => void first()} />
      ) : (
        <Loading what={`${name}: asking the server`} />
      )}
    </Dialog>
  )
}

interface FormGiven {
  readonly seen: Seen
  readonly onLook: () => Promise<void>
  readonly onClose: () => void
}

function ChangeForm({ seen: { webhook, etag }, onLook, onClose }: FormGiven) {
  const [typed, setTyped] = useState<Partial<WebhookForm>>({})
  const [isTried, setTried] = useState(false)
  const [isStale, setStale] = useState(false)
  const { isBusy, trouble, act } = useAct()
  const body = changesOf(webhook, typed)
  const faults = Object.keys(body).length === 0 ? {} : faultsOf(changeWebhook, body)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length > 0) return
    if (Object.keys(body).length === 0) return onClose()
    void act(async () => {
      try {
        await ask(changeWebhook, { params: { id: webhook.id }, ifMatch: etag, body })
      } catch (error) {
        setStale(error instanceof ProblemError && error.problem.code === 'http/changed-meanwhile')
        throw error
      }
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
      onClose()
    })
  }
  const lookAgain = () =>
    act(async () => {
      await onLook()
      setStale(false)
    })
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <WebhookFields
        value={formOf(webhook, typed)}
        onType={(more) => setTyped({ ...typed, ...more })}
        faults={isTried ? faults : {}}
      />
      {isStale && (
        <Button variant="default" loading={isBusy} onClick={() => void lookAgain()}>
          Read it again, and keep what I typed
        </Button>
      )}
      <DialogEnd verb="Change" isBusy={isBusy} trouble={trouble} onClose={onClose} />
    </form>
  )
}
