import { devicesInWords } from '@suture/contract/device-action-words.ts'
import { useRef, useState } from 'react'
import { Dialog } from '../../design/dialog.tsx'
import { DialogEnd } from '../../design/dialog-end.tsx'
import { FileField } from '../../design/file-field.tsx'
import { queries } from '../../shell/ask.ts'
import { useAct } from '../../shell/use-act.ts'
import { importListed, type Tried, tryFile } from './device-import.ts'

/** As many faults as are shown; whoever has mended those chooses the file again. */
const mostShown = 20

/** Brings in a list of devices: what it would change is said before anything is. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [tried, setTried] = useState<Tried>()
  const { isBusy, trouble, act } = useAct()
  const chosen = useRef<File>(undefined)
  const choose = (file: File) => {
    chosen.current = file
    setTried(undefined)
    void act(async () => {
      const found = await tryFile(file)
      // Somebody may have chosen another one meanwhile.
      if (chosen.current === file) setTried(found)
    })
  }
  const counts = tried && 'counts' in tried ? tried.counts : undefined
  const listed = tried && 'listed' in tried ? tried.listed : undefined
  const bring = () =>
    void act(async () => {
      if (!listed) return
      await importListed(listed)
      await queries.invalidateQueries()
      onClose()
    })
  return (
    <Dialog title="Import a list of devices" onClose={onClose}>
      <div className="stack">
        <FileField label="The list" accept=".csv,.json,text/csv,application/json" onFile={choose}>
          CSV with a heading, or JSON. Needed of each device: serial, manufacturer, model, type, hardwareRevision,
          firmware. A site that it names must be there. Nothing is sent to any device.
        </FileField>
        {tried && 'faults' in tried && <Wrong faults={tried.faults} />}
        {counts && (
          <p className="call" role="status">
            {devicesInWords(counts.created)} would be new, {counts.changed} changed, {counts.unchanged} are as they are
            listed.
          </p>
        )}
        {listed ? (
          <DialogEnd
            verb={`Import ${devicesInWords(listed.length)}`}
            isBusy={isBusy}
            trouble={trouble}
            onDo={bring}
            onClose={onClose}
          />
        ) : (
          <p className={trouble === undefined ? 'f t12' : 'call c-danger'} role="alert">
            {trouble ??
              (isBusy
                ? 'Reading the list, and asking what it would change'
                : tried
                  ? 'Mend the list, and choose it again.'
                  : 'Choose the list first.')}
          </p>
        )}
      </div>
    </Dialog>
  )
}

const Wrong = ({ faults }: { readonly faults: readonly string[] }) => (
  <div className="call c-danger" role="alert">
    <div>
      <p>Nothing was imported:</p>
      <ul>
        {faults.slice(0, mostShown).map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
      {faults.length > mostShown && <p>… and {faults.length - mostShown} more.</p>}
    </div>
  </div>
)
