import { listDeviceActionDevices } from '@suture/contract/device-actions.ts'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { useAsk } from '../shell/ask.ts'
import { Paging } from '../shell/paging.tsx'
import { type DeviceAction, outcomeOf } from './action-words.ts'

const route = getRouteApi('/frame/devices/actions/$id')

/** The devices of an action with what becomes of each, those of one outcome or all. */
export function ActionDevices({ action: { id, kind, endedAt } }: { readonly action: DeviceAction }) {
  const { outcome, cursor } = route.useSearch()
  const query = { limit: 50, ...(outcome ? { outcome } : {}), ...(cursor ? { cursor } : {}) }
  const asked = useAsk(
    listDeviceActionDevices,
    { params: { id }, query },
    { about: 'devices', everyMs: endedAt === null ? 3_000 : false },
  )
  return (
    <Panel
      title={outcome ? `Devices: ${outcomeOf(kind, outcome)}` : 'Devices'}
      aside={
        outcome && (
          <Link to="/devices/actions/$id" params={{ id }}>
            All devices of it
          </Link>
        )
      }
      flush
    >
      <Asked of={asked} what="The devices of the action">
        {({ items, next }) => (
          <>
            <div className="scr">
              <table>
                <thead>
                  <tr>
                    {['Device', 'Model', 'Site', 'State', 'Outcome'].map((head) => (
                      <th key={head} scope="col">
                        {head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((device) => (
                    <tr key={device.id}>
                      <td className="nw">
                        <Link to="/devices/$id" params={{ id: device.id }} className="plain b" data-row>
                          {device.name}
                        </Link>
                      </td>
                      <td>
                        {device.manufacturer} {device.model}
                      </td>
                      <td>{device.site ?? <span className="f">no site</span>}</td>
                      <td>
                        <Status kind="device" value={device.state} />
                      </td>
                      <td>{outcomeOf(kind, device.outcome)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {items.length === 0 && <p className="pad f">None of its devices is here, or none that you may see.</p>}
            <Paging cursor={cursor} next={next} words={['First', 'Next']} />
          </>
        )}
      </Asked>
    </Panel>
  )
}
