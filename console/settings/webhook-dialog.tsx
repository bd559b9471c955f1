import { createWebhook } from '@suture/contract/webhooks.ts'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import { faultsOf } from './faults.ts'
import { Once } from './once.tsx'
import { kindsIn, type WebhookForm } from './webhook.ts'
import { WebhookFields } from './webhook-fields.tsx'

/** Makes a webhook, whose secret is shown once. */
export function WebhookDialog({ onClose }: { readonly onClose: () => void }) {
  const [form, setForm] = useState<WebhookForm>({ name: '', url: '', kinds: '' })
  const [isTried, setTried] = useState(false)
  const [secret, setSecret] = useState<string>()
  const { isBusy, trouble, act } = useAct()
  const body = { ...form, kinds: kindsIn(form.kinds) }
  const faults = faultsOf(createWebhook, body)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length > 0) return
    void act(async () => {
      setSecret((await ask(createWebhook, { body })).secret)
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    })
  }
  if (secret !== undefined) return <Secret of={form.name} secret={secret} onClose={onClose} />
  return (
    <Dialog title="Create a webhook" onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <WebhookFields value={form} onType={(typed) => setForm({ ...form, ...typed })} faults={isTried ? faults : {}} />
        <DialogEnd verb="Create" isBusy={isBusy} trouble={trouble} onClose={onClose} />
      </form>
    </Dialog>
  )
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
