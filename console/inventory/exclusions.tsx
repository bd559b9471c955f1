import { exclusionWords } from '@suture/contract/device-action-words.ts'
import { Link } from '@tanstack/react-router'
import { Panel } from '../design/panel.tsx'
import type { DeviceAction } from './action-words.ts'

/** Why an action leaves devices as they are, and how many. */
export function Exclusions({ action: { id, state, excluded } }: { readonly action: DeviceAction }) {
  if (excluded.length === 0) return null
  return (
    <Panel title={state === 'draft' ? 'To be left as they are' : 'Left as they are'} flush>
      <table>
        <thead>
          <tr>
            <th scope="col">Why</th>
            <th scope="col" className="num">
              Devices
            </th>
          </tr>
        </thead>
        <tbody>
          {excluded.map(({ reason, devices }) => (
            <tr key={reason}>
              <td>
                <Link to="/devices/actions/$id" params={{ id }} search={{ outcome: reason }} data-row>
                  {exclusionWords[reason]}
                </Link>
              </td>
              <td className="num">{devices.toLocaleString('en-GB')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
