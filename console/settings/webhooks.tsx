import { Button } from '@mantine/core'
import { listWebhooks, testWebhook } from '@suture/contract/webhooks.ts'
import { useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { ask, queries, useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { pauseWords, type Webhook, type WebhookDeed } from './webhook.ts'
import { WebhookChangeDialog } from './webhook-change-dialog.tsx'
import { WebhookDeedDialog } from './webhook-deed-dialog.tsx'
import { WebhookDialog } from './webhook-dialog.tsx'
import { WebhookMenu } from './webhook-menu.tsx'

type Doing = { readonly what: 'create' } | { readonly what: 'change' | WebhookDeed; readonly webhook: Webhook }

/** To whom events are sent as they happen, and how it goes. */
export function Webhooks() {
  const may = useMay('integrations:manage')
  const asked = useAsk(listWebhooks, {}, { about: 'webhooks', everyMs: 5_000 })
  const [doing, setDoing] = useState<Doing>()
  const close = () => setDoing(undefined)
  const canSend = asked.data !== undefined && asked.data.mayGoTo.length > 0
  return (
    <>
      <Panel
        title="Webhooks"
        aside={
          may && canSend ? (
            <Button onClick={() => setDoing({ what: 'create' })}>Create a webhook</Button>
          ) : (
            'events sent elsewhere as they happen'
          )
        }
        flush
      >
        <Asked of={asked} what="The webhooks">
          {({ items, mayGoTo }) => (
            <>
              {mayGoTo.length === 0 && (
                <p className="call c-soon">
                  <span>
                    This server sends nothing anywhere. Whoever runs it names in{' '}
                    <span className="mono">SUTURE_WEBHOOKS_TO</span> where webhooks may go.
                  </span>
                </p>
              )}
              {items.length === 0 ? (
                <Begin title="No webhook yet" command="suture webhook create NAME ADDRESS --kind rollout.stopped">
                  A webhook has events of the kinds that you name sent to an address, each signed. Nothing is sent
                  before one is there.
                </Begin>
              ) : (
                <Table webhooks={items} may={may} onDo={setDoing} />
              )}
              {mayGoTo.length > 0 && (
                <p className="pad f t12 rowline">
                  This server may send to: <span className="mono">{mayGoTo.join(', ')}</span>
                </p>
              )}
            </>
          )}
        </Asked>
      </Panel>
      {doing?.what === 'create' && <WebhookDialog onClose={close} />}
      {doing?.what === 'change' && <WebhookChangeDialog webhook={doing.webhook} onClose={close} />}
      {doing && doing.what !== 'create' && doing.what !== 'change' && (
        <WebhookDeedDialog deed={doing.what} webhook={doing.webhook} onClose={close} />
      )}
    </>
  )
}

interface TableGiven {
  readonly webhooks: readonly Webhook[]
  readonly may: boolean
  readonly onDo: (doing: Doing) => void
}

const Table = ({ webhooks, may, onDo }: TableGiven) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <section className="scr" tabIndex={0} aria-label="Webhooks">
    <table className="top">
      <thead>
        <tr>
          <th>Name</th>
          <th>Sends</th>
          <th>State</th>
          <th className="num">Waiting</th>
          <th className="num">Dead</th>
          <th>Last delivered</th>
          {may && <th className="num">Do</th>}
        </tr>
      </thead>
      <tbody>
        {webhooks.map((webhook) => (
          <Row key={webhook.id} webhook={webhook} may={may} onDo={onDo} />
        ))}
      </tbody>
    </table>
  </section>
)

interface RowGiven {
  readonly webhook: Webhook
  readonly may: boolean
  readonly onDo: (doing: Doing) => void
}

function Row({ webhook, may, onDo }: RowGiven) {
  const { name, url, kinds, state, pausedBy, waiting, dead, deliveredAt, failingSince } = webhook
  return (
    <tr>
      <td className="address">
        <span className="b">{name}</span>
        <div className="mono t12 f digest">{url}</div>
      </td>
      <td className="mono t12">{kinds.join(' ') || 'nothing: it names no kind'}</td>
      <td>
        <Status kind="webhook" value={state} {...(pausedBy ? { says: pauseWords[pausedBy] } : {})} />
        {failingSince && <div className="f t12">failing since {instant(failingSince)}</div>}
      </td>
      <td className="num">{waiting}</td>
      <td className="num">{dead}</td>
      <td className="nw">{deliveredAt ? instant(deliveredAt) : 'never'}</td>
      {may && (
        <td className="num nw">
          <TestButton webhook={webhook} />{' '}
          <WebhookMenu
            webhook={webhook}
            onChange={() => onDo({ what: 'change', webhook })}
            onDo={(what) => onDo({ what, webhook })}
          />
        </td>
      )}
    </tr>
  )
}

/** Sends a test; what becomes of it stands among the deliveries. */
function TestButton({ webhook: { id, name } }: { readonly webhook: Webhook }) {
  const { isBusy, trouble, act } = useAct()
  const send = () =>
    act(async () => {
      await ask(testWebhook, { params: { id } })
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    })
  return (
    <>
      <Button
        variant="default"
        size="sm"
        loading={isBusy}
        aria-label={`Send a test to ${name}`}
        onClick={() => void send()}
      >
        Send a test
      </Button>
      {trouble !== undefined && (
        <p className="c-danger t12" role="alert">
          {trouble}
        </p>
      )}
    </>
  )
}
