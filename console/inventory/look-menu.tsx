import { Button, Checkbox, Popover, SegmentedControl } from '@mantine/core'
import { columnKeys, columnNames, densities, type ListLook, moved, switched, usualLook } from './list-look.ts'

interface Given {
  readonly look: ListLook
  readonly onLook: (look: ListLook) => void
}

/** Which columns the list has, in which order, and how close its rows stand. */
export function LookMenu({ look, onLook }: Given) {
  const { columns } = look
  const others = columnKeys.filter((key) => !columns.includes(key))
  return (
    <Popover position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button variant="default" size="sm">
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className="look-menu">
          <legend>Columns, in their order</legend>
          {[...columns, ...others].map((key) => {
            const at = columns.indexOf(key)
            return (
              <div key={key} className="flex">
                <Checkbox
                  label={columnNames[key]}
                  checked={at >= 0}
                  disabled={at >= 0 && columns.length === 1}
                  onChange={() => onLook({ ...look, columns: switched(columns, key) })}
                />
                {at >= 0 &&
                  ([-1, 1] as const).map((by) => (
                    <Button
                      key={by}
                      variant="subtle"
                      size="sm"
                      px={6}
                      disabled={at + by < 0 || at + by >= columns.length}
                      aria-label={`Move ${columnNames[key]} ${by < 0 ? 'up' : 'down'}`}
                      onClick={() => onLook({ ...look, columns: moved(columns, key, by) })}
                    >
                      {by < 0 ? '↑' : '↓'}
                    </Button>
                  ))}
              </div>
            )
          })}
          <SegmentedControl
            size="xs"
            aria-label="How close the rows stand"
            data={densities.map((each) => ({ value: each, label: each.charAt(0).toUpperCase() + each.slice(1) }))}
            value={look.density}
            onChange={(density) => onLook({ ...look, density })}
          />
          <Button variant="subtle" size="sm" onClick={() => onLook(usualLook)}>
            As usual
          </Button>
          <p className="f t12">In the address of the page, and remembered on this device.</p>
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  )
}
