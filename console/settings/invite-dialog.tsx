import { TextInput } from '@mantine/core'
import { inviteUser } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import type { Role } from '@suture/contract/roles.ts'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import { faultsOf } from './faults.ts'
import { SitesField } from './fields.tsx'
import { Invitation } from './once.tsx'
import { RolesField } from './roles-field.tsx'
import type { Sites } from './sites.ts'

/** Invites a person; their one-time code is shown once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const [login, setLogin] = useState('')
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<readonly Role[]>([])
  const [sites, setSites] = useState<Sites>('all')
  const [isTried, setTried] = useState(false)
  const [made, setMade] = useState<Reply<typeof inviteUser>>()
  const { isBusy, trouble, act } = useAct()
  const body = { login, name, roles: [...roles], sites }
  const faults = isTried ? faultsOf(inviteUser, body) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faultsOf(inviteUser, body)).length > 0) return
    void act(async () => {
      setMade(await ask(inviteUser, { body }))
      await queries.invalidateQueries({ queryKey: ['people'] })
    })
  }
  if (made)
    return (
      <Dialog title={`The code for ${made.user.name}`} onClose={onClose} insists>
        <Invitation of={made.user} invitation={made.invitation} onClose={onClose} />
      </Dialog>
    )
  return (
    <Dialog title="Invite a person" onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <TextInput
          label="Login name"
          description="What they sign in with; a mail address is usual"
          value={login}
          onChange={({ currentTarget }) => setLogin(currentTarget.value)}
          error={faults.login}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Name"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={faults.name}
          autoComplete="off"
        />
        <RolesField value={roles} onChange={setRoles} error={faults.roles} />
        <SitesField value={sites} onChange={setSites} />
        <DialogEnd verb="Invite" isBusy={isBusy} trouble={trouble} onClose={onClose} />
      </form>
    </Dialog>
  )
}
