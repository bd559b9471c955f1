import { changeUser, getUser, inviteAgain } from '@suture/contract/auth.ts'
import { useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries, read } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import { Invitation, type InvitationCode } from './once.tsx'
import { type Deed, deedNames, type Person } from './person.ts'

const effects: Readonly<Record<Deed, string>> = {
  again: 'The password stops working and every session ends. A new one-time code sets the next password.',
  disable: 'Every session ends, an invitation that was not used stops working, and so do the tokens that they made.',
  enable: 'They may sign in again, with the password that they had.',
}

interface Given {
  readonly deed: Deed
  readonly person: Person
  readonly onClose: () => void
}

/** Says what follows for an account before it is done. */
export function PersonDialog({ deed, person, onClose }: Given) {
  const { isBusy, trouble, act } = useAct()
  const [invitation, setInvitation] = useState<InvitationCode>()
  const params = { id: person.id }
  const confirm = () =>
    act(async () => {
      if (deed === 'again') setInvitation((await ask(inviteAgain, { params })).invitation)
      else {
        // It is said of this account as it stands now, whatever its roles have become meanwhile.
        const { etag } = await read(getUser, { params })
        await ask(changeUser, { params, ifMatch: etag, body: { disabled: deed === 'disable' } })
        onClose()
      }
      await queries.invalidateQueries({ queryKey: ['people'] })
    })
  const what = `${deedNames[deed]}${deed === 'again' ? ':' : ''} ${person.name}`
  if (invitation)
    return (
      <Dialog title={`The code for ${person.name}`} onClose={onClose} insists>
        <Invitation of={person} invitation={invitation} onClose={onClose} />
      </Dialog>
    )
  return (
    <Dialog title={what} onClose={onClose}>
      <div className="stack">
        <p className="m">
          {person.name} ({person.login}). {effects[deed]}
        </p>
        <DialogEnd
          verb={what}
          isBusy={isBusy}
          trouble={trouble}
          onDo={() => void confirm()}
          onClose={onClose}
          isDestructive={deed !== 'enable'}
        />
      </div>
    </Dialog>
  )
}
