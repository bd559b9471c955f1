import { Modal, Switch } from '@mantine/core'
import { Caps } from './caps.tsx'
import { close } from './overlay.ts'
import './shortcut-sheet.css'
import { placesFor } from './places.ts'
import { useCaller } from './session.ts'
import { type Group, shortcuts } from './shortcuts.ts'
import { setSingleKeys, useSingleKeys } from './single-keys.ts'

/** Every shortcut, and the switch for those of one key. */
export function ShortcutSheet() {
  const on = useSingleKeys()
  return (
    <Modal
      opened
      onClose={close}
      returnFocus={false}
      size={720}
      title="Shortcuts"
      closeButtonProps={{ 'aria-label': 'Close the shortcuts' }}
      transitionProps={{ duration: 0 }}
    >
      <Switch
        checked={on}
        onChange={({ currentTarget }) => setSingleKeys(currentTarget.checked)}
        label="Shortcuts of one key"
        description="Off, nothing happens by a letter or a sign that is pressed or said unawares. Arrows, Enter and Search or act go on working. Remembered on this device."
      />
      <div className="shortcuts">
        {(Object.keys(shortcuts) as Group[]).map((group) => (
          <ShortcutTable key={group} group={group} />
        ))}
      </div>
    </Modal>
  )
}

function ShortcutTable({ group }: { readonly group: Group }) {
  const { permissions } = useCaller()
  const { title, shortcuts: all } = shortcuts[group]
  const seen = placesFor(permissions).map(({ path }) => path)
  return (
    <table className="compact">
      <caption>{title}</caption>
      <tbody>
        {all
          .filter(({ act }) => group !== 'places' || seen.includes(act))
          .map(({ act, keys, says }) => (
            <tr key={act}>
              <th scope="row">{says}</th>
              <td>
                {keys.map((each, at) => (
                  <span key={each}>
                    {at > 0 && <span className="f"> or </span>}
                    <Caps keys={each} />
                  </span>
                ))}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  )
}
