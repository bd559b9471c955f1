import type { Reply } from '@suture/contract/client.ts'
import { listDevices, listDeviceValues } from '@suture/contract/devices.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Asked } from '../design/asked.tsx'
import { useAsk } from '../shell/ask.ts'
import { type DeviceFilter, type GroupField, narrowed } from './device-filter.ts'
import { groupName } from './group-menu.tsx'

interface Given {
  readonly filter: DeviceFilter
  readonly by: GroupField
  /** What stands here where no device fits. */
  readonly nothing: ReactNode
}

/** As many groups as are shown, the largest first: the most that the API gives. */
const most = 50

/** The devices that fit, by what a field holds; a group opens as the list with that condition. */
export function Groups({ filter, by, nothing }: Given) {
  const values = useAsk(
    listDeviceValues,
    { query: { field: by, limit: most, ...filter } },
    { about: 'devices', everyMs: 15_000 },
  )
  const without = narrowed(filter.q, `-${by}:*`)
  const rest = useAsk(listDevices, { query: { q: without, limit: 1 } }, { about: 'devices', everyMs: 15_000 })
  return (
    <Asked of={values} what="The groups">
      {({ items }) => {
        const listed = (none: number) =>
          none + items.length > 0 ? <Listed {...{ filter, by, items, none }} /> : nothing
        if (items.length > 0) return listed(rest.data?.counts?.devices ?? 0)
        // That no device fits is not known before this has been answered too.
        return (
          <Asked of={rest} what="The groups">
            {({ counts }) => listed(counts?.devices ?? 0)}
          </Asked>
        )
      }}
    </Asked>
  )
}

interface ListedGiven extends Omit<Given, 'nothing'> {
  readonly items: Reply<typeof listDeviceValues>['items']
  /** Of how many devices nothing is known. */
  readonly none: number
}

const Listed = ({ filter, by, items, none }: ListedGiven) => (
  <div className="device-scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">By {groupName(by)}</th>
          <th scope="col" className="num">
            Devices
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ value, devices }) => (
          <Group key={value} name={value} q={narrowed(filter.q, exactly(by, value))} devices={devices} />
        ))}
        {none > 0 && <Group name="Nothing is known" q={narrowed(filter.q, `-${by}:*`)} devices={none} />}
      </tbody>
    </table>
    {items.length === most && (
      <p className="pad f t12">The {most} largest groups. Narrow the query to see the others.</p>
    )}
  </div>
)

const Group = ({ name, q, devices }: { readonly name: string; readonly q: string; readonly devices: number }) => (
  <tr>
    <td>
      <Link
        to="."
        search={({ by: _, at: __, ...before }: object & { by?: string; at?: string }) => ({ ...before, q })}
        className="plain b"
        data-row
      >
        {name}
      </Link>
    </td>
    <td className="num">{devices.toLocaleString('en-GB')}</td>
  </tr>
)
