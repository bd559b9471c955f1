import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { type DeviceColumn, StateGlyph, type Told } from './device-cells.tsx'
import type { DeviceRow } from './device-rows.ts'

interface RowGiven {
  readonly device: DeviceRow
  readonly index: number
  readonly columns: readonly DeviceColumn[]
  readonly now: Date
  readonly told: Told
  readonly isCursor: boolean
  readonly onOpen: (device: string) => void
}

/** One device; it is drawn again only when something of it changes. */
export const Row = memo(({ device, index, columns, now, told, isCursor, onOpen }: RowGiven) => (
  <tr id={`d-${device.id}`} aria-rowindex={index + 2} className={isCursor ? 'cur' : undefined}>
    <td className="name" title={`${device.name}\nserial ${device.serial}`}>
      <StateGlyph state={device.state} />
      <Link
        to="/devices/$id"
        params={{ id: device.id }}
        className="plain b"
        tabIndex={-1}
        preload={false}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          onOpen(device.id)
        }}
      >
        {device.name}
      </Link>
      {device.state !== 'live' && <span className="f"> {device.state}</span>}
      {device.rig && <span className="tag line">rig</span>}
    </td>
    {columns.map(({ head, className, cell }) => {
      const shown = cell(device, now, told)
      return (
        <td key={head} className={className} title={typeof shown === 'string' ? shown : undefined}>
          {shown}
        </td>
      )
    })}
  </tr>
))
Row.displayName = 'Row'
