import { Button, NativeSelect } from '@mantine/core'
import { deliveryStates } from '@suture/contract/states.ts'
import { canReplay, listDeliveries, listWebhooks, replayDeliveries } from '@suture/contract/webhooks.ts'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Empty } from '../design/faces.tsx'
import { Panel } from '../design/panel.tsx'
import { lookOf, Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { ask, queries, useAsk } from '../shell/ask.ts'
import { Paging } from '../shell/paging.tsx'
import { useMay } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { answerText, type Delivery } from './webhook.ts'

const route = getRouteApi('/frame/settings')

/** What was sent and what is to be, with what the receivers answered. */
export function Deliveries() {
  const search = route.useSearch()
  const { cursor, webhook, state } = search
  const query = {
    limit: 50,
    ...(cursor === undefined ? {} : { cursor }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(state === undefined ? {} : { state }),
  }
  const deliveries = useAsk(listDeliveries, { query }, { about: 'webhooks', everyMs: 5_000 })
  const webhooks = useAsk(listWebhooks, {}, { about: 'webhooks' })
  const names = new Map((webhooks.data?.items ?? []).map(({ id, name }) => [id, name]))
  return (
    <Panel title="Deliveries" aside="newest first; what arrived is kept 7 days, what is dead 30" flush>
      <div className="pad">
        <Filters names={names} />
      </div>
      <Asked of={deliveries} what="The deliveries">
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Nothing isFiltered={webhook !== undefined || state !== undefined} />
            ) : (
              <Table deliveries={items} names={names} />
            )}
            <Paging cursor={search.cursor} next={next} words={['Newest', 'Older']} />
          </>
        )}
      </Asked>
    </Panel>
  )
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const will = 'Each event that a webhook takes appears here, with every try and what its receiver answered.'
  if (!isFiltered)
    return (
      <Empty title="Nothing was sent yet" command="suture webhook test NAME">
        {will}
      </Empty>
    )
  return (
    <Empty
      title="No such delivery"
      way={
        <Link to="/settings" search={{ tab: 'notices' }}>
          Show all deliveries
        </Link>
      }
    >
      {will}
    </Empty>
  )
}

/** Of which webhook, in which state. */
function Filters({ names }: { readonly names: ReadonlyMap<string, string> }) {
  const { webhook, state } = route.useSearch()
  const navigate = useNavigate()
  const choose = (chosen: { readonly webhook?: string; readonly state?: string }) => {
    const given = Object.entries({ webhook, state, ...chosen }).filter(([, value]) => value)
    void navigate({ to: '/settings', search: { tab: 'notices', ...Object.fromEntries(given) }, replace: true })
  }
  return (
    <search className="flex filters">
      <NativeSelect
        aria-label="Of which webhook"
        value={webhook ?? ''}
        onChange={({ currentTarget }) => choose({ webhook: currentTarget.value })}
      >
        <option value="">Of every webhook</option>
        {[...names].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label="In which state"
        value={state ?? ''}
        onChange={({ currentTarget }) => choose({ state: currentTarget.value })}
      >
        <option value="">In every state</option>
        {deliveryStates.map((each) => (
          <option key={each} value={each}>
            {lookOf('delivery', each).word}
          </option>
        ))}
      </NativeSelect>
    </search>
  )
}

interface TableGiven {
  readonly deliveries: readonly Delivery[]
  readonly names: ReadonlyMap<string, string>
}

const Table = ({ deliveries, names }: TableGiven) => {
  const may = useMay('integrations:manage')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className="scr" tabIndex={0} aria-label="Deliveries">
      <table className="top">
        <thead>
          <tr>
            <th>Event</th>
            <th>To</th>
            <th>State</th>
            <th className="num">Tries</th>
            <th>Last answer</th>
            {may && <th className="num">Again</th>}
          </tr>
        </thead>
        <tbody>
          {deliveries.map((each) => (
            <Row key={each.id} delivery={each} name={names.get(each.webhook) ?? each.webhook} may={may} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowGiven {
  readonly delivery: Delivery
  readonly name: string
  readonly may: boolean
}

const Row = ({ delivery, name, may }: RowGiven) => {
  const { kind, at, isTest, state, tries, dueAt, answer } = delivery
  return (
    <tr>
      <td className="nw">
        <span className="mono t12">{kind}</span>
        <div className="f t12">{instant(at)}</div>
      </td>
      <td>{name}</td>
      <td>
        <Status kind="delivery" value={state} />
        {isTest && <div className="f t12">a test, tried once at the most</div>}
        {dueAt && tries > 0 && <div className="f t12 nw">next try {instant(dueAt)}</div>}
      </td>
      <td className="num">{tries}</td>
      <td>
        {answerText(delivery)}
        {answer && <div className="f t12 nw">{instant(answer.at)}</div>}
      </td>
      {may && <td className="num">{canReplay(delivery) && <ReplayButton delivery={delivery} />}</td>}
    </tr>
  )
}

function ReplayButton({ delivery: { id, webhook, kind } }: { readonly delivery: Delivery }) {
  const { isBusy, trouble, act } = useAct()
  const replay = () =>
    act(async () => {
      await ask(replayDeliveries, { params: { id: webhook }, body: { delivery: id } })
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    })
  return (
    <>
      <Button variant="default" size="sm" loading={isBusy} aria-label={`Replay ${kind}`} onClick={() => void replay()}>
        Replay
      </Button>
      {trouble !== undefined && (
        <p className="c-danger t12" role="alert">
          {trouble}
        </p>
      )}
    </>
  )
}
