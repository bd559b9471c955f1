import {
  changeWebhook,
  getWebhook,
  removeWebhook,
  replayDeliveries,
  rotateWebhookSecret,
  secretOverlapHours,
} from '@suture/contract/webhooks.ts'
import { useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries, read } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import type { Webhook, WebhookDeed } from './webhook.ts'
import { Secret } from './webhook-dialog.tsx'

const deeds: Readonly<Record<WebhookDeed, { readonly verb: string; readonly says: (webhook: Webhook) => string }>> = {
  pause: {
    verb: 'Pause',
    says: () => 'Nothing is sent until it goes on. What happens meanwhile is sent then; nothing is lost.',
  },
  resume: {
    verb: 'Resume',
    says: () => 'It goes on from the event at which it stopped, in order, and from now on in your name.',
  },
  rotate: {
    verb: 'Make a new secret for',
    says: () => `For ${secretOverlapHours} hours every message is signed with the secret before it as well.`,
  },
  replay: {
    verb: 'Replay the dead of',
    says: ({ dead }) =>
      `${dead} ${dead === 1 ? 'delivery goes' : 'deliveries go'} out again, in order, each with the id that it had: a receiver that has one already can tell.`,
  },
  remove: {
    verb: 'Remove',
    says: ({ waiting }) => `Its secret and its deliveries are deleted; ${waiting} were not sent and never will be.`,
  },
}

interface Given {
  readonly deed: WebhookDeed
  readonly webhook: Webhook
  readonly onClose: () => void
}

/** Says what follows for a webhook before it is done. */
export function WebhookDeedDialog({ deed, webhook, onClose }: Given) {
  const { isBusy, trouble, act } = useAct()
  const [secret, setSecret] = useState<string>()
  const params = { id: webhook.id }
  const confirm = () =>
    act(async () => {
      if (deed === 'rotate') setSecret((await ask(rotateWebhookSecret, { params })).secret)
      else if (deed === 'remove') await ask(removeWebhook, { params })
      else if (deed === 'replay') await ask(replayDeliveries, { params, body: {} })
      else {
        const { etag } = await read(getWebhook, { params })
        const state = deed === 'pause' ? 'paused' : 'active'
        await ask(changeWebhook, { params, ifMatch: etag, body: { state } })
      }
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
      if (deed !== 'rotate') onClose()
    })
  if (secret !== undefined) return <Secret of={webhook.name} secret={secret} onClose={onClose} />
  const { verb, says } = deeds[deed]
  return (
    <Dialog title={`${verb} ${webhook.name}`} onClose={onClose}>
      <div className="stack">
        <p className="m">{says(webhook)}</p>
        <DialogEnd
          verb={`${verb} ${webhook.name}`}
          isBusy={isBusy}
          trouble={trouble}
          onDo={() => void confirm()}
          onClose={onClose}
          isDestructive={deed === 'remove'}
        />
      </div>
    </Dialog>
  )
}
