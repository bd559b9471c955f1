import { Button, TextInput } from '@mantine/core'
import { createGateway } from '@suture/contract/inventory.ts'
import { type FormEvent, useState } from 'react'
import { Copy } from '../../design/copy.tsx'
import { Dialog } from '../../design/dialog.tsx'
import { DialogEnd } from '../../design/dialog-end.tsx'
import { Term } from '../../design/term.tsx'
import { ask, queries } from '../../shell/ask.ts'
import { useCaller } from '../../shell/session.ts'
import { useAct } from '../../shell/use-act.ts'
import { linesFor } from './gateway-lines.ts'

/** Makes the secret with which update clients register themselves, and says what goes into their configuration. */
export function GatewayDialog({ onClose }: { readonly onClose: () => void }) {
  const { tenant } = useCaller()
  const [name, setName] = useState('')
  const [secret, setSecret] = useState<string>()
  const { isBusy, trouble, act } = useAct()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void act(async () => {
      const made = await ask(createGateway, { body: { name } })
      await queries.invalidateQueries({ queryKey: ['devices'] })
      setSecret(made.secret)
    })
  }
  if (secret === undefined)
    return (
      <Dialog title="Let devices register themselves" onClose={onClose}>
        <form className="stack" onSubmit={submit}>
          <TextInput
            label="Name"
            description="Where the devices stand, or what they are; the record names the gateway so"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={200}
            required
            data-autofocus
          />
          <DialogEnd verb="Make the secret" isBusy={isBusy} trouble={trouble} onClose={onClose} />
        </form>
      </Dialog>
    )
  return (
    <Dialog title="One line for an update client" onClose={onClose} insists>
      <div className="stack">
        <p className="m">
          It is shown this once; the server keeps a hash of it. DEVICE is how the device names itself. Whoever comes
          with it waits in quarantine, where nothing is sent to them, until somebody lets them in.
        </p>
        {linesFor({ server: location.origin, tenant: tenant.name, secret }).map(({ what, line }) => (
          <div key={what} className="stack tight">
            <p className="b">{what}</p>
            <Term commands={[line]} />
            <div>
              <Copy text={line} what={`the line for ${what}`} />
            </div>
          </div>
        ))}
        <div className="flex ends">
          <Button variant="default" onClick={onClose}>
            I have it, close
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
