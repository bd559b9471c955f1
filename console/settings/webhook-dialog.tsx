import { Textarea, TextInput } from '@mantine/core'
import { changeWebhook, createWebhook, getWebhook } from '@suture/contract/webhooks.ts'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries, read } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import { faultsOf } from './faults.ts'
import { Once } from './once.tsx'
import { kindsIn, type Webhook } from './webhook.ts'

interface Given {
  /** The one to change; none for a new one. */
  readonly webhook?: Webhook
  readonly onClose: () => void
}

/** Makes a webhook, whose secret is shown once, or changes one. */
export function WebhookDialog({ webhook, onClose }: Given) {
  const [name, setName] = useState(webhook?.name ?? '')
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [kinds, setKinds] = useState(webhook?.kinds.join(' ') ?? '')
  const [isTried, setTried] = useState(false)
  const [secret, setSecret] = useState<string>()
  const { isBusy, trouble, act } = useAct()
  const body = { name, url, kinds: kindsIn(kinds) }
  const faults = isTried ? faultsOf(createWebhook, body) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faultsOf(createWebhook, body)).length > 0) return
    void act(async () => {
      if (webhook) await change(webhook.id, body)
      else setSecret((await ask(createWebhook, { body })).secret)
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
      if (webhook) onClose()
    })
  }
  if (secret !== undefined) return <Secret of={name} secret={secret} onClose={onClose} />
  return (
    <Dialog title={webhook ? `Change ${webhook.name}` : 'Create a webhook'} onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={faults.name}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Address"
          description="Where the receiver listens, by https"
          inputMode="url"
          value={url}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          error={faults.url && 'Give the address of the receiver'}
          autoComplete="off"
        />
        <Textarea
          label="Kinds of events"
          description="As in rollout.stopped, or rollout for all of its kinds, with blanks between them. None: nothing is sent"
          value={kinds}
          onChange={({ currentTarget }) => setKinds(currentTarget.value)}
          error={faults.kinds}
          autosize
          minRows={2}
        />
        <DialogEnd verb={webhook ? 'Change' : 'Create'} isBusy={isBusy} trouble={trouble} onClose={onClose} />
      </form>
    </Dialog>
  )
}

/** It is said of the webhook as it stands now. */
async function change(id: string, body: { name: string; url: string; kinds: string[] }): Promise<void> {
  const { etag } = await read(getWebhook, { params: { id } })
  await ask(changeWebhook, { params: { id }, ifMatch: etag, body })
}

interface SecretGiven {
  readonly of: string
  readonly secret: string
  readonly onClose: () => void
}

/** The secret with which a receiver knows our messages. */
export const Secret = ({ of, secret, onClose }: SecretGiven) => (
  <Dialog title={`The secret of ${of}`} onClose={onClose} insists>
    <Once name="Secret" secret={secret} onClose={onClose}>
      It is shown this once. Put it where the receiver reads its secrets: with it a library of Standard Webhooks
      verifies every message.
    </Once>
  </Dialog>
)
