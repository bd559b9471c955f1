import { TextInput } from '@mantine/core'
import { createToken } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import { type Permission, permissions } from '@suture/contract/permissions.ts'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { instant } from '../design/time.ts'
import { ask, queries } from '../shell/ask.ts'
import { useCaller } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { faultsOf } from './faults.ts'
import { SitesField, Ticks } from './fields.tsx'
import { Once } from './once.tsx'
import type { Sites } from './sites.ts'

/** Makes a token; its secret is shown once. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const caller = useCaller()
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const [may, setMay] = useState<readonly Permission[]>([])
  const [sites, setSites] = useState<Sites>(caller.sites)
  const [isTried, setTried] = useState(false)
  const [made, setMade] = useState<Reply<typeof createToken>>()
  const { isBusy, trouble, act } = useAct()
  const body = { name, permissions: [...may], sites, expiresInDays: days.trim() === '' ? Number.NaN : Number(days) }
  const faults = isTried ? faultsOf(createToken, body) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faultsOf(createToken, body)).length > 0) return
    void act(async () => {
      setMade(await ask(createToken, { body }))
      await queries.invalidateQueries({ queryKey: ['people'] })
    })
  }
  if (made)
    return (
      <Dialog title={`The secret of ${made.token.name}`} onClose={onClose} insists>
        <Once name="Secret" secret={made.secret} onClose={onClose}>
          It is shown this once; the server keeps a hash of it. Put it where the program reads its secrets, and send it
          as <span className="mono">Authorization: Bearer</span>. It ends {instant(made.token.expiresAt)}.
        </Once>
      </Dialog>
    )
  return (
    <Dialog title="Create a token" onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          description="The program that will use it; the record names it so"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={faults.name}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Days until it ends"
          description="1 to 366"
          inputMode="numeric"
          value={days}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
          error={faults.expiresInDays && 'Give a whole number of days, 1 to 366'}
        />
        <Ticks
          legend="What it may do, of what you may"
          choices={caller.permissions.map((each) => ({ value: each, label: permissions[each], says: each }))}
          value={may}
          onChange={setMay}
        />
        {faults.permissions !== undefined && <p className="c-danger t12">{faults.permissions}</p>}
        <SitesField value={sites} onChange={setSites} />
        <DialogEnd verb="Create" isBusy={isBusy} trouble={trouble} onClose={onClose} />
      </form>
    </Dialog>
  )
}
