import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { type DeviceColumn, StateGlyph, type Told } from './device-cells.tsx'
import { nameWidth, pickWidth } from './device-columns.ts'
import type { DeviceRow } from './device-rows.ts'

interface RowGiven {
  readonly device: DeviceRow
  readonly index: number
  readonly columns: readonly DeviceColumn[]
  /** What has no column of its own here, and stands under the name. */
  readonly folded: readonly DeviceColumn[]
  readonly now: Date
  readonly told: Told
  readonly isCursor: boolean
  /** Whether it is among those that are meant; undefined where nobody may mean any. */
  readonly isMeant: boolean | undefined
  readonly onMean: (device: string, isRange: boolean) => void
  readonly onOpen: (device: string) => void
}

/** One device; it is drawn again only when something of it changes. */
export const Row = memo(
  ({ device, index, columns, folded, now, told, isCursor, isMeant, onMean, onOpen }: RowGiven) => (
    <tr
      id={`d-${device.id}`}
      aria-rowindex={index + 2}
      aria-selected={isMeant}
      className={[isCursor ? 'cur' : '', isMeant ? 'sel' : ''].join(' ').trim() || undefined}
    >
      {isMeant !== undefined && (
        <td className="pick">
          <label>
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={`Select ${device.name}`}
              checked={isMeant}
              onChange={({ nativeEvent }) => onMean(device.id, (nativeEvent as MouseEvent).shiftKey)}
            />
          </label>
        </td>
      )}
      <td
        className="name"
        title={[device.name, `serial ${device.serial}`, ...folded.map(({ cell }) => cell(device, now, told))].join(
          '\n',
        )}
      >
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
        {folded.length > 0 && (
          <div className="f t12 ell">{folded.map(({ cell }) => cell(device, now, told)).join(' · ')}</div>
        )}
      </td>
      {columns.map(({ key, className, cell }) => {
        const shown = cell(device, now, told)
        return (
          <td key={key} className={className} title={typeof shown === 'string' ? shown : undefined}>
            {shown}
          </td>
        )
      })}
    </tr>
  ),
)
Row.displayName = 'Row'

/** How the rows that are loaded stand to what is meant. */
export interface Pick {
  readonly isWhole: boolean
  readonly isPart: boolean
  readonly onPage: () => void
}

/** The names of the columns, which also say how wide each is. */
export const Head = ({
  columns,
  pick,
}: {
  readonly columns: readonly DeviceColumn[]
  readonly pick: Pick | undefined
}) => (
  <thead>
    <tr aria-rowindex={1}>
      {pick && (
        <th className="pick" scope="col" style={{ width: pickWidth }}>
          <label>
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label="Select the rows that are loaded"
              checked={pick.isWhole}
              ref={(box) => {
                if (box) box.indeterminate = pick.isPart
              }}
              onChange={pick.onPage}
            />
          </label>
        </th>
      )}
      <th className="name" scope="col" style={{ width: columns.some(({ grows }) => grows) ? nameWidth : undefined }}>
        Device
      </th>
      {columns.map(({ key, head, className, width, grows }) => (
        <th key={key} className={className} scope="col" style={{ width: grows ? undefined : width }}>
          {head}
        </th>
      ))}
    </tr>
  </thead>
)

/** The height of rows that are not on the screen. */
export const Space = ({ height, columns }: { readonly height: number; readonly columns: number }) =>
  height > 0 && (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" className="space">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
