import { actionWords } from '@suture/contract/device-action-words.ts'
import { listDeviceActions } from '@suture/contract/device-actions.ts'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { Paging } from '../shell/paging.tsx'
import type { DeviceAction } from './action-words.ts'

const route = getRouteApi('/frame/devices/actions')
const heads = ['Action', 'State', 'Query', 'By', 'Begun']

/** What was done to many devices at once. */
export function ActionsPage() {
  const { cursor } = route.useSearch()
  const asked = useAsk(
    listDeviceActions,
    { query: { limit: 50, ...(cursor ? { cursor } : {}) } },
    { about: 'devices', everyMs: 5_000 },
  )
  return (
    <Page title="Actions" place="Actions" above={[{ name: 'Devices', to: '/devices' }]}>
      <Panel title="What was done to many devices at once" flush>
        <Asked of={asked} what="The actions">
          {({ items, next }) => (
            <>
              {items.length === 0 && cursor === undefined ? (
                <Begin title="Nothing was done to many devices yet" command="suture device retire -q QUERY">
                  Select devices in the list, or all that fit a query; what is done to them appears here with its
                  progress, and why some were left as they are.
                </Begin>
              ) : (
                <Table items={items} />
              )}
              <Paging cursor={cursor} next={next} words={['Newest', 'Older']} />
            </>
          )}
        </Asked>
      </Panel>
    </Page>
  )
}

const Table = ({ items }: { readonly items: readonly DeviceAction[] }) => (
  <div className="scr">
    <table>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          {['Done', 'Left', 'Excluded'].map((head) => (
            <th key={head} scope="col" className="num">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map(({ id, kind, site, state, q, draftedBy, beginsAt, devices, done, left }) => (
          <tr key={id}>
            <td>
              <Link to="/devices/actions/$id" params={{ id }} className="plain b" data-row>
                {actionWords[kind].verb}
                {site !== null && ` to ${site}`}
              </Link>
            </td>
            <td>
              <Status kind="action" value={state} />
            </td>
            <td className="mono ell">{q ?? 'pointed at'}</td>
            <td>{draftedBy}</td>
            <td className="nw">{beginsAt && instant(beginsAt)}</td>
            {[done, left, devices - done - left].map((count, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a figure is nothing but its column
              <td key={at} className="num">
                {count.toLocaleString('en-GB')}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
